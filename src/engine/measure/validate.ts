import { describeError, MachineError } from '../../core/errors.ts'
import { REPORTERS } from '../../core/report/reporters.ts'
import type { RunRecord } from '../../core/report/run-record.ts'
import type { Suite } from '../../core/suite/suite.ts'
import type { Ports } from '../../host/ports.ts'
import type { Machine } from '../../settings/kind.ts'
import { VALIDATE, withLock } from '../lock.ts'
import { readServiceConfig } from '../read-service-config.ts'
import { retainRuns } from '../runs/retain-runs.ts'
import { runName } from '../runs/run-name.ts'
import { tailOf } from '../runs/tail-of.ts'
import { keepRun } from '../runs/unsaved-runs.ts'
import { claimRun, giveUpRun, type RunFiles } from '../runs/write-run.ts'
import { rawFiles } from './raw-files.ts'
import { recordRun } from './record-run.ts'
import { type RunSuiteOptions, runSuite } from './run-suite.ts'
import { tuningOf } from './tuning.ts'

export interface ValidateOptions extends RunSuiteOptions {
  quietcoreVersion: string
}

export interface Validated {
  record: RunRecord
  /** machine path of the run's folder */
  folder: string
  /** what the tools printed, by file name */
  raw: ReadonlyMap<string, string>
}

/**
 * Measures, judges and keeps: the whole of `quietcore validate`, as the only quietcore that works on this machine.
 * @throws InputError, MachineError as runSuite; and when a tool did not measure at all: its raw output is kept, the
 *   error says where
 */
export async function validate(suite: Suite, machine: Machine, options: ValidateOptions): Promise<Validated> {
  const { ports, facts } = machine
  const { root, clock, log } = ports
  requireLive(machine)
  return withLock(root, VALIDATE, clock.now(), async () => {
    const tuning = await tuningOf(machine)
    const id = claimRun(root, runName(clock.now(), suite.name))
    try {
      const run = await runSuite(suite, facts, ports, options)
      const files = rawFiles(run)
      const raw = new Map(Object.entries(files).filter(([name]) => /\.std(out|err)$/.test(name)))
      const record = orKeepRaw(id, files, ports, () => {
        const measured = recordRun(id, run, facts, root, tuning, options.quietcoreVersion)
        const tail = tailOf(measured, root)
        return tail === null ? measured : { ...measured, tail }
      })
      const made = orKeepRaw(id, files, ports, () => reports(record, raw))
      const folder = keepRun(root, id, { ...files, ...made }, log)
      letGo(ports)
      const refusal = run.steps.at(-1)?.refusal
      if (refusal) throw kept(refusal, folder)
      return { record, folder, raw }
    } catch (error) {
      giveUpRun(root, id)
      throw error
    }
  })
}

/** Older runs go by the configuration; one that cannot be read, or a disk that refuses, loses no run of today. */
function letGo(ports: Ports): void {
  try {
    retainRuns(readServiceConfig(ports.root), ports)
  } catch (error) {
    ports.log.write('warn', `runs that are no longer kept stay: ${describeError(error)}`)
  }
}

/** A fault of quietcore in reading or judging must not lose what hours of measuring printed. */
function orKeepRaw<T>(id: string, files: RunFiles, { root, log }: Ports, work: () => T): T {
  try {
    return work()
  } catch (error) {
    log.write(
      'error',
      `the run could not be judged; what the tools printed is kept in ${keepRun(root, id, files, log)}`,
    )
    throw error
  }
}

/** A report of every format; `run.json` last, because the run is whole when it is there. */
function reports(record: RunRecord, raw: ReadonlyMap<string, string>): RunFiles {
  const files = REPORTERS.map(({ name, extension, render }): [string, string] => [
    name === 'json' ? 'run.json' : `report.${extension}`,
    render(record, { raw }),
  ])
  const { 'run.json': json, ...others } = Object.fromEntries(files)
  return { ...others, 'run.json': json! }
}

function requireLive({ ports }: Machine): void {
  if (ports.root.live) return
  throw new MachineError({
    code: 'not-live',
    message: `only this machine can be measured, not one laid out under ${ports.root.dir}`,
    next: 'Leave --root out, or judge the output of a run elsewhere with `quietcore report FILE`.',
  })
}

function kept(refusal: MachineError, folder: string): MachineError {
  const { code, message, next, cause } = refusal
  return new MachineError({
    code,
    message,
    next: `${next === undefined ? '' : `${next} `}What it printed is kept in ${folder}.`,
    cause,
  })
}
