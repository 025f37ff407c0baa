import { InputError, QuietcoreError } from '../../core/errors.ts'
import type { Suite } from '../../core/suite/suite.ts'
import { isInstanceName } from '../../core/suite/suite-name.ts'
import type { Machine } from '../../settings/kind.ts'
import { type MissedRun, recordMissed } from '../runs/missed-runs.ts'
import { CpusOccupied } from './occupancy.ts'
import { type Validated, type ValidateOptions, validate } from './validate.ts'

/** Reasons that pass by themselves, by the error's code, and what can be done to meet them less often. */
const PASSING: ReadonlyMap<string, string> = new Map([
  ['cpus-occupied', 'It is tried again at its next slot; `only-when-idle = no` measures beside them.'],
  [
    'locked',
    'It is tried again at its next slot; suites of one slot need times of their own, or randomized-delay.',
  ],
])

export type Scheduled = { measured: Validated } | { missed: MissedRun }

/**
 * `validate` as a timer calls it. Nothing is lost in silence: a slot in which the CPUs are occupied (only-when-idle) or
 * another quietcore works is recorded as skipped, and any other error as failed before it is thrown.
 * @param load the suite; what it throws is recorded too
 * @throws InputError, MachineError as validate and `load`
 */
export async function validateScheduled(
  name: string,
  load: () => Suite,
  machine: Machine,
  options: Omit<ValidateOptions, 'force'>,
): Promise<Scheduled> {
  requireName(name)
  const at = machine.ports.clock.now()
  try {
    const suite = load()
    return { measured: await validate(suite, machine, { ...options, force: !suite.onlyWhenIdle }) }
  } catch (error) {
    const missed = record(name, at, error, machine)
    if (missed.outcome === 'failed') throw error
    return { missed }
  }
}

function record(suite: string, at: Date, error: unknown, { ports }: Machine): MissedRun {
  const known = error instanceof QuietcoreError ? error : undefined
  const code = known?.code ?? 'internal'
  const next = PASSING.get(code)
  const place = known?.place?.line === undefined ? '' : `${known.place.file}:${known.place.line}: `
  try {
    return recordMissed(ports.root, {
      suite,
      at,
      outcome: next ? 'skipped' : 'failed',
      code,
      reason: `${place}${error instanceof Error ? error.message : String(error)}`,
      next: next ?? known?.next ?? null,
      occupants: error instanceof CpusOccupied ? [...error.occupants] : [],
    })
  } catch (unrecorded) {
    ports.log.write(
      'error',
      `why '${suite}' did not run could not be recorded: ${(unrecorded as Error).message}`,
    )
    // The error itself is then all that is left of it.
    throw error
  }
}

function requireName(name: string): void {
  if (isInstanceName(name)) return
  throw new InputError({
    code: 'bad-suite-name',
    message: `'${name}' is no name of a suite that runs by itself`,
    next: 'Name a suite of /etc/quietcore/suites.d: letters, digits, dots, dashes and underscores, at most 128.',
  })
}
