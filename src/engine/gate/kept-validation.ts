import * as v from 'valibot'
import { InputError } from '../../core/errors.ts'
import { failedLink } from '../../core/gate/failed-link.ts'
import { absent, type Link } from '../../core/gate/link.ts'
import type { SuiteAsks } from '../../core/gate/run-doubts.ts'
import type { RunEvidence } from '../../core/gate/run-evidence.ts'
import { RUN } from '../../core/gate/run-schema.ts'
import { notMeasured, type Present, validationLink } from '../../core/gate/validation-link.ts'
import type { Root } from '../../host/ports.ts'
import type { Machine } from '../../settings/kind.ts'
import { chooseSuite } from '../measure/choose-suite.ts'
import { profileThresholds } from '../measure/profile-thresholds.ts'
import { openSuites } from '../measure/suite-library.ts'
import { MEASURE_TOOLS } from '../measure/tools.ts'
import { listRuns } from '../runs/list-runs.ts'
import { readRecord, readRun } from '../runs/read-run.ts'
import { RUNS_FOLDER } from '../runs/run-name.ts'
import type { GateRequest, ValidationRequest } from './gate-request.ts'
import { WATCH_SUITE } from './watch-suite.ts'

/**
 * The host's kept run as a link: the one that is named, else the newest (of the suite). Where neither is named, the last
 * run of another suite that failed with the tuning in force wins: a smoke test takes nothing back of an acceptance.
 * @throws InputError `no-such-run`, `unknown-suite` for one that is named and is not there
 */
export function keptValidation(request: GateRequest, present: Present, machine: Machine): Link {
  if (request.skip.includes('validation')) return absent('validation', 'left out with --skip')
  const { validation } = request
  const { root } = machine.ports
  if (validation.run !== undefined) refuseUnknown(root, validation.run)
  const ask = (name: string) => runLink(name, validation.maxAgeS, present, machine)
  if (validation.run !== undefined && validation.run !== 'latest') return ask(validation.run)
  const name = newest(root, validation.run === undefined ? validation : {})
  if (name === undefined) {
    if (validation.suite !== undefined) refuseUnknownSuite(root, validation.suite)
    const which = validation.suite === undefined ? 'no run' : `no run of the suite ${validation.suite}`
    return notMeasured(null, `${which} is kept in ${RUNS_FOLDER}`)
  }
  const last = ask(name)
  if (last.state === 'fail' || validation.suite !== undefined || validation.run !== undefined) return last
  return (
    newestOfEach(root, name)
      .map(ask)
      .find(({ state }) => state === 'fail') ?? last
  )
}

/** A kept run, held against the machine and the suite as they are now. */
function runLink(name: string, maxAgeS: number, present: Present, machine: Machine): Link {
  const { root, clock } = machine.ports
  try {
    const run = readEvidence(root, name)
    const asks = suiteAsks(run, machine)
    return validationLink({ guest: null, run, present, asks, now: clock.now(), maxAgeS })
  } catch (error) {
    return failedLink('validation', null, error)
  }
}

/** The run's suite, or its tool alone, as `validate` would run it now. Of a suite that is no more, the profile's limits. */
function suiteAsks({ suite, measurements }: RunEvidence, machine: Machine): SuiteAsks {
  const library = openSuites(machine.ports.root)
  const ofProfile = profileThresholds(machine)
  const name = suite?.name ?? ''
  const tool = MEASURE_TOOLS.find((one) => one.name === name)?.name
  if (tool === undefined && !library.names().includes(name)) {
    const measured = new Set(['*', ...measurements.map((one) => one.tool)])
    return { name, thresholds: ofProfile.filter((one) => measured.has(one.tool)), durationS: 0 }
  }
  const choice = {
    ...(tool === undefined ? { name } : { tool }),
    thresholds: [],
    profileThresholds: ofProfile,
  }
  const asked = chooseSuite(choice, library)
  const durationS = asked.steps.reduce((sum, step) => sum + step.durationS, 0)
  return { name, thresholds: asked.thresholds, durationS }
}

/** The newest run of each suite, newest first, without `last`. */
function newestOfEach(root: Root, last: string): string[] {
  const found = new Map<string, string>()
  for (const { suite, name } of listRuns(root).runs.toReversed()) {
    if (suite !== WATCH_SUITE && !found.has(suite)) found.set(suite, name)
  }
  return [...found.values()].filter((name) => name !== last)
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
