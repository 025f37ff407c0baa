import { descendantsOf } from '../core/descendants.ts'
import type { Ports } from '../host/ports.ts'
import { lockHolder, VALIDATE } from './lock.ts'

/**
 * The machine without the threads that a `quietcore validate` under way has started: its tools are pinned to the
 * isolated CPUs, with real-time policies, because measuring there is their task, so they are no drift of the tuning.
 */
export function withoutMeasuring(ports: Ports): Ports {
  const holder = lockHolder(ports.root)
  if (holder?.command !== VALIDATE) return ports
  const { tasks } = ports
  return {
    ...ports,
    tasks: {
      ...tasks,
      all() {
        const all = tasks.all()
        const measuring = descendantsOf(all, holder.pid)
        return all.filter(({ pid }) => !measuring.has(pid))
      },
    },
  }
}
