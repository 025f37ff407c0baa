import { MachineError } from '../../core/errors.ts'
import { REPORTERS } from '../../core/report/reporters.ts'
import type { RunRecord } from '../../core/report/run-record.ts'
import type { Suite } from '../../core/suite/suite.ts'
import type { Machine } from '../../settings/kind.ts'
import { withLock } from '../lock.ts'
import { runName } from '../runs/run-name.ts'
import { tailOf } from '../runs/tail-of.ts'
import { claimRun, giveUpRun, type RunFiles, writeRun } from '../runs/write-run.ts'
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
  const { root, clock } = ports
  requireLive(machine)
  return withLock(root, 'validate', clock.now(), async () => {
    const tuning = await tuningOf(machine)
    const id = claimRun(root, runName(clock.now(), suite.name))
    try {
      const run = await runSuite(suite, facts, ports, options)
      const measured = recordRun(id, run, facts, root, tuning, options.quietcoreVersion)
      const tail = tailOf(measured, root)
      const record = tail === null ? measured : { ...measured, tail }
      const files = rawFiles(run)
      const raw = new Map(Object.entries(files).filter(([name]) => /\.std(out|err)$/.test(name)))
      const folder = writeRun(root, id, { ...files, ...reports(record, raw) })
      const refusal = run.steps.at(-1)?.refusal
      if (refusal) throw kept(refusal, folder)
      return { record, folder, raw }
    } catch (error) {
      giveUpRun(root, id)
      throw error
    }
  })
}

/** `run.json` and a report of every other format. */
function reports(record: RunRecord, raw: ReadonlyMap<string, string>): RunFiles {
  const files = REPORTERS.map(({ name, extension, render }) => [
    name === 'json' ? 'run.json' : `report.${extension}`,
    render(record, { raw }),
  ])
  return Object.fromEntries(files)
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
