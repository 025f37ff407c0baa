import { CpuSet } from '../../core/cpu/cpu-set.ts'
import { descendantsOf } from '../../core/descendants.ts'
import { MachineError } from '../../core/errors.ts'
import type { Finding } from '../../core/latency/measurement.ts'
import type { Ports } from '../../host/ports.ts'
import { type Occupant, occupants } from './occupancy.ts'
import { withAncestors } from './watch-tasks.ts'

/** A look reads every thread's state: rare enough to disturb nobody, often enough that a guest starts all the same, ms. */
export const LOOK_EVERY_MS = 30_000
/** A thread may be there before it has been given its own CPUs, so one look is no proof; longer than a snapshot lasts, ms. */
const CONFIRM_MS = 2_500

/**
 * Who has come to the CPUs while they are measured: vCPUs, guests, poll threads and real-time tasks. Neither `self` nor
 * what it has started, which measures there with real-time priorities. Who is only busy is measured as he is.
 */
export function newcomers(
  { root, tasks }: Pick<Ports, 'root' | 'tasks'>,
  cpus: CpuSet,
  online: CpuSet,
  self: number,
): Occupant[] {
  const all = tasks.all()
  const own = new Set([...withAncestors(root, self), ...descendantsOf(all, self)])
  const living = all.flatMap((task) => {
    if (task.kernel || own.has(task.pid)) return []
    const allowed = tasks.affinity(task.tid) ?? CpuSet.empty
    if (allowed.intersect(cpus).size === 0) return []
    return [{ task, allowed, busy: null, commandLine: tasks.commandLine(task.pid) }]
  })
  return occupants(living, cpus, online)
}

/**
 * Looks again and again, and calls `onFound` once, when somebody was there at two looks. Answers how to stop; no look
 * keeps this process alive.
 */
export function lookForNewcomers(
  look: () => Occupant[],
  everyMs: number,
  onFound: (found: readonly Occupant[]) => void,
): () => void {
  const confirmMs = Math.min(everyMs, CONFIRM_MS)
  let timer: NodeJS.Timeout
  const wait = (ms: number, seen: readonly Occupant[]): void => {
    timer = setTimeout(() => {
      const found = orNobody(look)
      const stayed = found.filter(({ tid }) => seen.some((one) => one.tid === tid))
      if (stayed.length > 0) onFound(stayed)
      else wait(found.length > 0 ? confirmMs : everyMs, found)
    }, ms).unref()
  }
  wait(everyMs, [])
  return () => clearTimeout(timer)
}

/** What a run that was ended for them says of it. */
export function endedFor(found: readonly Occupant[]): Finding {
  const names = found.map(
    ({ comm, pid, tid, cpus, what }) => `'${comm}' (pid ${pid}, thread ${tid}, CPU ${cpus}): ${what}`,
  )
  const message = `it was ended, because somebody came to its CPUs: ${names.join('; ')}`
  return { code: 'became-occupied', message, trust: false }
}

/** A look that fails is no reason to end hours of measuring. */
function orNobody(look: () => Occupant[]): Occupant[] {
  try {
    return look()
  } catch (error) {
    if (error instanceof MachineError) return []
    throw error
  }
}
