import type { Facts } from '../../core/facts.ts'
import type { Finding } from '../../core/latency/measurement.ts'
import { recordMeasurement } from '../../core/report/measurement-record.ts'
import { RUN_SCHEMA_VERSION, type RunRecord, type TuningRecord } from '../../core/report/run-record.ts'
import { judge } from '../../core/verdict/judge.ts'
import { simultaneousFinding } from '../../core/verdict/simultaneous.ts'
import type { Root } from '../../host/ports.ts'
import { compareSamples } from './context/compare.ts'
import { disturbances } from './context/disturbances.ts'
import { machineFacts } from './context/machine-facts.ts'
import { contextRecord } from './context/record.ts'
import { rawFileNames } from './raw-files.ts'
import type { SuiteRun } from './run-suite.ts'

/** Judges a suite that was run and makes the record from which every report is made. */
export function recordRun(
  id: string,
  run: SuiteRun,
  facts: Facts,
  root: Root,
  tuning: TuningRecord,
  quietcoreVersion: string,
): RunRecord {
  const changes = compareSamples(run.before, run.after, run.cpus)
  const disturbing = [...disturbances(changes), ...ofTheRun(run)]
  const judged = run.steps.map(({ step, measurement }) => ({
    step: step.name,
    measurement,
    wantedCpus: run.cpus,
  }))
  const { suite } = run
  return {
    schemaVersion: RUN_SCHEMA_VERSION,
    id,
    quietcoreVersion,
    suite: { name: suite.name, title: suite.title, path: suite.path },
    startedAt: run.startedAt.toISOString(),
    durationS: Math.round(run.durationS * 1000) / 1000,
    host: {
      name: facts.hostname,
      os: `${facts.os.id} ${facts.os.version}`.trim(),
      cpuModel: facts.cpu.model,
      virtualization: facts.virtualization,
    },
    kernel: { release: facts.kernel.release, realtime: facts.kernel.realtime, cmdline: facts.cmdline },
    tuning,
    thresholds: suite.thresholds,
    measurements: run.steps.map(({ step, measurement }) => {
      const spikes = simultaneousFinding(measurement.cpus, measurement.intervalUs)
      return recordMeasurement(measurement, step.name, rawFileNames(step.name), spikes ? [spikes] : [])
    }),
    verdict: judge(judged, suite.thresholds, {
      tuning,
      disturbances: disturbing.filter(({ trust }) => !trust),
    }),
    context: contextRecord({ ...machineFacts(facts, root), ...factsOfTheRun(run) }, changes, disturbing),
  }
}

/** What was known before the run and what befell it, beside the machine's counters. */
function ofTheRun({ findings, occupants, loadDied }: SuiteRun): Finding[] {
  const names = occupants.map(({ comm, pid, cpus }) => `${comm} (pid ${pid}, CPU ${cpus})`).join(', ')
  return [
    ...findings,
    ...(names === '' ? [] : [{ code: 'occupied', message: `measured beside ${names}`, trust: true }]),
    ...(loadDied === undefined
      ? []
      : [{ code: 'load-died', message: `the background load did not last: ${loadDied}`, trust: false }]),
  ]
}

function factsOfTheRun(run: SuiteRun): Record<string, string> {
  const versions = run.steps.map(({ step, toolVersion }) => `${step.tool} ${toolVersion ?? '(unknown)'}`)
  return {
    'measured-cpus': `${run.cpus}`,
    'housekeeping-cpus': `${run.housekeeping}`,
    load: run.loadArgv === null ? 'none' : run.suite.load,
    'loadavg-before': run.before.loadavg,
    'loadavg-after': run.after.loadavg,
    'tool-versions': [...new Set(versions)].join(', '),
  }
}
