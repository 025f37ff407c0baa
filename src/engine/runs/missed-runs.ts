import * as v from 'valibot'
import type { Warning } from '../../core/warning.ts'
import type { Root } from '../../host/ports.ts'
import { parseRunName, type RunName, runName } from './run-name.ts'

/** Where it is kept what was to run by itself and did not. */
export const MISSED_FOLDER = '/var/lib/quietcore/missed'

const OCCUPANT = v.object({
  kind: v.picklist(['vcpu', 'guest', 'poll-thread', 'real-time', 'busy']),
  pid: v.number(),
  tid: v.number(),
  comm: v.string(),
  cpus: v.string(),
  what: v.string(),
})

const MISSED = v.object({
  schemaVersion: v.literal(1),
  /** as a run's: time and suite */
  id: v.string(),
  suite: v.string(),
  /** ISO 8601 */
  at: v.string(),
  /** skipped: as it should be, and the next slot comes; failed: somebody must do something */
  outcome: v.picklist(['skipped', 'failed']),
  /** of the error: `cpus-occupied`, `locked`, `no-such-program` */
  code: v.string(),
  reason: v.string(),
  next: v.nullable(v.string()),
  /** who lived on the CPUs */
  occupants: v.array(OCCUPANT),
})

/** A slot of a suite's schedule in which nothing was measured, and why. */
export type MissedRun = v.InferOutput<typeof MISSED>

export interface MissedList {
  /** oldest first */
  missed: readonly MissedRun[]
  warnings: readonly Warning[]
}

/** Keeps it durably (fsync) in a file of its own. @throws MachineError */
export function recordMissed(
  root: Root,
  { at, ...told }: Omit<MissedRun, 'schemaVersion' | 'id' | 'at'> & { at: Date },
): MissedRun {
  const wanted = runName(at, told.suite)
  let id = wanted
  for (let next = 2; root.exists(fileOf(id)); next++) id = `${wanted}-${next}`
  const missed: MissedRun = { schemaVersion: 1, id, at: at.toISOString(), ...told }
  root.writeFile(fileOf(id), `${JSON.stringify(missed, null, 2)}\n`)
  return missed
}

/** Those of one suite, or all; a file that cannot be read is left out with a note. */
export function listMissed(root: Root, suite?: string): MissedList {
  const missed: MissedRun[] = []
  const warnings: Warning[] = []
  for (const { name } of missedNames(root)) {
    const file = fileOf(name)
    try {
      const one = v.parse(MISSED, JSON.parse(root.readText(file)))
      if (suite === undefined || one.suite === suite) missed.push(one)
    } catch (error) {
      const message = `this record of a missed run cannot be read: ${error instanceof Error ? error.message : error}`
      warnings.push({ code: 'unreadable-missed-run', message, place: { file } })
    }
  }
  return { missed, warnings }
}

/** Their names as those of runs, oldest first. */
export function missedNames(root: Root): RunName[] {
  const files = root.list(MISSED_FOLDER).filter((file) => file.endsWith('.json'))
  // Sorted anew: with their ending, `night-2.json` stands before `night.json`.
  const names = files.map((file) => file.slice(0, -'.json'.length)).sort()
  return names.flatMap((name) => parseRunName(name) ?? [])
}

export function removeMissed(root: Root, names: readonly RunName[]): void {
  for (const { name } of names) root.remove(fileOf(name))
}

function fileOf(id: string): string {
  return `${MISSED_FOLDER}/${id}.json`
}
