import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { failedLink } from '../../core/gate/failed-link.ts'
import { absent, type Link } from '../../core/gate/link.ts'
import type { RunEvidence } from '../../core/gate/run-evidence.ts'
import { RUN } from '../../core/gate/run-schema.ts'
import { notMeasured, type Present, validationLink } from '../../core/gate/validation-link.ts'
import type { Ports, Root } from '../../host/ports.ts'
import { openSuites } from '../measure/suite-library.ts'
import { MEASURE_TOOLS } from '../measure/tools.ts'
import { listRuns } from '../runs/list-runs.ts'
import { readRecord, readRun } from '../runs/read-run.ts'
import { RUNS_FOLDER } from '../runs/run-name.ts'
import type { GateRequest, ValidationRequest } from './gate-request.ts'
import { WATCH_SUITE } from './watch-suite.ts'

/**
 * The host's kept run as a link: the one that is named, else the newest (of the suite).
 * @throws InputError `no-such-run`, `unknown-suite` for one that is named and is not there
 */
export function keptValidation(request: GateRequest, present: Present, { root, clock }: Ports): Link {
  if (request.skip.includes('validation')) return absent('validation', 'left out with --skip')
  const { validation } = request
  if (validation.run !== undefined) refuseUnknown(root, validation.run)
  const name = validation.run === 'latest' ? newest(root, {}) : (validation.run ?? newest(root, validation))
  if (name === undefined) {
    if (validation.suite !== undefined) refuseUnknownSuite(root, validation.suite)
    const which = validation.suite === undefined ? 'no run' : `no run of the suite ${validation.suite}`
    return notMeasured(null, `${which} is kept in ${RUNS_FOLDER}`)
  }
  try {
    const run = readEvidence(root, name)
    const question = { guest: null, run, present, now: clock.now(), maxAgeS: validation.maxAgeS }
    return validationLink(question)
  } catch (error) {
    return failedLink('validation', null, error)
  }
}

/** The watch beside guests is no validation of the host. */
export function newest(root: Root, { suite }: Pick<ValidationRequest, 'suite'>): string | undefined {
  return listRuns(root).runs.findLast((run) =>
    suite === undefined ? run.suite !== WATCH_SUITE : run.suite === suite,
  )?.name
}

function refuseUnknown(root: Root, run: string): void {
  const { runs } = listRuns(root)
  // readRun says it with the names that there are.
  if (!runs.some(({ name }) => name === run || run === 'latest')) readRun(root, run)
}

/** A run of one tool alone is kept under the tool's name. */
function refuseUnknownSuite(root: Root, suite: string): void {
  if (!MEASURE_TOOLS.some(({ name }) => name === suite)) openSuites(root).load(suite)
}

function readEvidence(root: Root, name: string): RunEvidence {
  const found = v.safeParse(RUN, readRecord(root, `${RUNS_FOLDER}/${name}`))
  if (found.success) return found.output
  const [{ path, message }] = found.issues
  throw new InputError({
    code: 'bad-run-record',
    message: `this is no whole run record (${path?.map(({ key }) => String(key)).join('.')}: ${message})`,
    place: { file: `${RUNS_FOLDER}/${name}/run.json` },
    next: 'Measure again: quietcore gate --new.',
  })
}
