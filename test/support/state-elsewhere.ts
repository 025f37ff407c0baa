import { openMachine } from '../../src/engine/open-machine.ts'
import type { Root } from '../../src/host/ports.ts'
import type { Machine } from '../../src/settings/kind.ts'
import { type MachineDir, machineDir } from './machine-dir.ts'

const STATE = ['/var/lib/quietcore', '/run/quietcore', '/etc/quietcore']

/**
 * This machine, to be measured with the real tools, with quietcore's own files (state, lock, configuration) in a
 * directory that is gone after the test.
 */
export function thisMachineWithStateElsewhere(): { machine: Machine; state: MachineDir } {
  const state = machineDir()
  const machine = openMachine('/')
  const { root } = machine.ports
  const mixed = new Proxy(root, {
    get(target, key) {
      const value = target[key as keyof Root]
      if (typeof value !== 'function') return value
      return (path: string, ...rest: unknown[]) => {
        const where = STATE.some((folder) => path.startsWith(folder)) ? state.ports.root : target
        return (where[key as keyof Root] as (...args: unknown[]) => unknown)(path, ...rest)
      }
    },
  })
  return { machine: { ...machine, ports: { ...machine.ports, root: mixed, log: state.ports.log } }, state }
}
