import { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { Suite } from '../../core/suite/suite.ts'
import { parseThresholdArgument } from '../../core/verdict/parse-threshold.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'
import type { Machine } from '../../settings/kind.ts'
import { chooseSuite } from '../measure/choose-suite.ts'
import { occupants } from '../measure/occupancy.ts'
import { profileThresholds } from '../measure/profile-thresholds.ts'
import type { SuiteLibrary } from '../measure/suite-library.ts'
import { watchTasks } from '../measure/watch-tasks.ts'

/** Runs of the host beside its guests are kept under this name. */
export const WATCH_SUITE = 'gate-watch'
/** OpenShift, performing latency tests for platform verification (hwlatdetect); a profile's own limit wins. */
const LIMIT = 'hwlatdetect.max=<20us'
/** A guest needs a while to start its tools, and they for their output: the watch lasts beyond its end. */
const MARGIN_S = 20

/**
 * The tracer holds its CPU with interrupts off for each width: 50 ms of every 100 ms leaves the housekeeping CPU usable,
 * where the acceptance test's 950 ms of each second would not.
 */
const WINDOW = { windowUs: 100_000, widthUs: 50_000 }

/** CPUs on which no guest, poll thread, real-time or busy task lives. */
export interface QuietCpus {
  isolated: CpuSet
  housekeeping: CpuSet
}

export async function quietCpus({ facts, ports }: Machine, self: number): Promise<QuietCpus> {
  const { online, isolated } = facts.cpu
  const found = occupants(await watchTasks(ports, online, self), online, online)
  const taken = CpuSet.of(found.flatMap(({ cpus }) => CpuSet.parse(cpus).cpus))
  const quiet = online.minus(taken)
  return { isolated: quiet.intersect(isolated), housekeeping: quiet.minus(isolated) }
}

/** hwlatdetect on one CPU for as long as the guests' suite lasts: a stall by firmware takes all CPUs at once. */
export function watchSuite(guests: Suite, cpu: number, machine: Machine, library: SuiteLibrary): Suite {
  const durationS = guests.steps.reduce((sum, step) => sum + step.durationS, 0) + MARGIN_S
  const ofProfile = profileThresholds(machine)
  const thresholds: Threshold[] = ofProfile.some(({ tool }) => tool === 'hwlatdetect')
    ? []
    : [{ ...parseThresholdArgument(LIMIT), origin: 'gate' }]
  const choice = { tool: 'hwlatdetect', cpus: `${cpu}`, durationS, thresholds, profileThresholds: ofProfile }
  const suite = chooseSuite(choice, library)
  const steps = suite.steps.map((step) => ({ ...step, ...WINDOW }))
  return { ...suite, steps, name: WATCH_SUITE, title: 'The host during its guests’ runs' }
}
