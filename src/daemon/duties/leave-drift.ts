import type { ObservedSetting } from '../../core/plan/setting.ts'
import type { Held } from '../../engine/journal/records.ts'
import type { Root } from '../../host/ports.ts'

/**
 * What the machine had when it was settled last, and what was wanted of it; what is not among them has come since.
 * Gone with the boot.
 */
const KNOWN = '/run/quietcore/known-settings'

interface Known {
  bootId: string
  /** by the setting's id */
  wants: Record<string, string>
}

/** Threads come all the time, and a selection of them differs whenever one has come. */
const OF_THREADS: ReadonlySet<string> = new Set(['tasks-affinity', 'tasks-policy'])

export function keepKnown(root: Root, bootId: string, settings: readonly ObservedSetting[]): void {
  const there = settings.filter(({ state }) => state !== 'unsupported')
  const wants = Object.fromEntries(there.map(({ setting: { id, want } }) => [id, want]))
  const text = JSON.stringify({ bootId, wants })
  if (root.readTextIfThere(KNOWN) !== text) root.writeFile(KNOWN, text)
}

/**
 * What somebody changed, as against what has come, or came back as it was before quietcore. Whether a verify has named it
 * says nothing: it may have looked at what came before the service heard of that.
 */
export function driftedIds(
  observed: readonly ObservedSetting[],
  held: readonly Held[],
  bootId: string,
  root: Root,
): string[] {
  const known = readKnown(root, bootId)
  const before = new Map(held.map((one) => [one.id, one.before]))
  return observed.flatMap(({ setting: { id, want, knob, carriedBy }, state, have }) => {
    if (state !== 'differs' || carriedBy !== undefined || OF_THREADS.has(knob.knob)) return []
    // With other CPUs other things are wanted: nobody has changed what differs from that.
    if (known.get(id) !== want) return []
    const asItCame = before.has(id) && String(before.get(id)).trim() === have
    return asItCame && !isOfTheWholeMachine(String(knob.path ?? '')) ? [] : [id]
  })
}

const OF_THE_WHOLE_MACHINE = [
  '/proc/sys/',
  '/sys/kernel/',
  '/sys/devices/virtual/workqueue/',
  '/proc/irq/default_',
]

/** It cannot go and come back, as a CPU, a card or a module can. */
function isOfTheWholeMachine(path: string): boolean {
  return OF_THE_WHOLE_MACHINE.some((start) => path.startsWith(start)) && !path.startsWith('/proc/sys/net/')
}

function readKnown(root: Root, bootId: string): ReadonlyMap<string, string> {
  try {
    const kept = JSON.parse(root.readTextIfThere(KNOWN) ?? 'null') as Known | null
    return new Map(kept?.bootId === bootId ? Object.entries(kept.wants) : [])
  } catch {
    // Whatever it is, it is not of quietcore: nothing is known, and all is settled.
    return new Map()
  }
}
