import { MachineError } from '../../core/errors.ts'
import { failedLink } from '../../core/gate/failed-link.ts'
import { absent, type Link } from '../../core/gate/link.ts'
import type { RunEvidence } from '../../core/gate/run-evidence.ts'
import { type Present, validationLink } from '../../core/gate/validation-link.ts'
import type { Suite } from '../../core/suite/suite.ts'
import type { Runner } from '../../host/ports.ts'
import type { Machine } from '../../settings/kind.ts'
import type { SuiteLibrary } from '../measure/suite-library.ts'
import { type ValidateOptions, validate } from '../measure/validate.ts'
import type { GateRequest } from './gate-request.ts'
import { keptValidation } from './kept-validation.ts'
import { quietCpus, watchSuite } from './watch-suite.ts'

/** What the host measured now, as links, and the run to set beside the guests'. */
export interface HostMeasurement {
  links: readonly Link[]
  run: RunEvidence | null
  /** why there is none */
  missing: string
}

export interface MeasureNow {
  suite: Suite
  library: SuiteLibrary
  options: ValidateOptions
  /** the host is measured for itself, or beside its guests */
  guests: boolean
}

/**
 * The host's part of `--new`. Alone, it runs the suite as `validate` does. Beside guests, it must not take their CPUs:
 * it runs the suite on isolated CPUs that nobody uses; without any, hwlatdetect watches one quiet housekeeping CPU, and
 * the last kept run stays the host's validation.
 */
export async function measureHost(
  request: GateRequest,
  now: MeasureNow,
  present: Present,
  machine: Machine,
): Promise<HostMeasurement> {
  const maxAgeS = request.validation.maxAgeS
  // Beside guests it measures what they leave free; the suite is the one that was asked for.
  const held = now.guests ? { ...present, isolated: null } : present
  const measured = (run: RunEvidence): HostMeasurement => ({
    links: [
      validationLink({
        guest: null,
        run,
        present: held,
        asks: null,
        now: machine.ports.clock.now(),
        maxAgeS,
      }),
    ],
    run,
    missing: '',
  })
  try {
    if (!now.guests) return measured((await validate(now.suite, machine, now.options)).record)
    const { isolated, housekeeping } = await quietCpus(machine, now.options.self)
    if (isolated.size > 0) {
      const suite = { ...now.suite, cpus: `${isolated}` }
      return measured((await validate(suite, machine, now.options)).record)
    }
    const kept = keptValidation(request, present, machine)
    const watched = await watch(now, housekeeping.cpus.at(-1), machine)
    return { ...watched, links: [kept, ...watched.links] }
  } catch (error) {
    const link = failedLink('validation', null, error)
    return { links: [link], run: null, missing: link.evidence[0]! }
  }
}

async function watch(
  { suite, library, options }: MeasureNow,
  cpu: number | undefined,
  machine: Machine,
): Promise<HostMeasurement> {
  const skipped = (why: string): HostMeasurement => ({
    links: [absent('host-watch', why)],
    run: null,
    missing: why,
  })
  if (cpu === undefined) return skipped('guests or other real-time tasks live on every CPU of the host')
  // An older one moves across every CPU, and would stop the guests on theirs.
  if (!(await takesCpuList(machine.ports.runner))) return skipped('there is no hwlatdetect with --cpu-list')
  try {
    const { record } = await validate(watchSuite(suite, cpu, machine, library), machine, options)
    const { result, reasons } = record.verdict
    const link: Link = {
      kind: 'host-watch',
      subject: null,
      state: result,
      evidence: [...reasons.map((reason) => reason.replace(/\.$/, '')), `run ${record.id}, CPU ${cpu}`],
      next: result === 'pass' ? [] : [`quietcore report ${record.id} tells more`],
    }
    return { links: [link], run: record, missing: '' }
  } catch (error) {
    if (error instanceof MachineError) return skipped(`not watched: ${error.message}`)
    throw error
  }
}

async function takesCpuList(runner: Runner): Promise<boolean> {
  if (runner.find('hwlatdetect') === undefined) return false
  return (await runner.run(['hwlatdetect', '--help'], { timeoutMs: 10_000 })).stdout.includes('--cpu-list')
}
