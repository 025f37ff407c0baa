import type { StepRun } from './run-step.ts'
import type { SuiteRun } from './run-suite.ts'

/** Names of a step's raw output in the run's folder. */
export function rawFileNames(step: string): string[] {
  return [`${step}.stdout`, `${step}.stderr`]
}

/** Everything of a run that cannot be made again from run.json: what the tools printed, and the counters. */
export function rawFiles(run: SuiteRun): Record<string, string> {
  const files: Record<string, string> = {}
  for (const step of run.steps) {
    const [stdout, stderr] = rawFileNames(step.step.name)
    files[stdout!] = step.raw.stdout
    files[stderr!] = step.raw.stderr
    files[`${step.step.name}.command.json`] = `${JSON.stringify(commandOf(step), null, 2)}\n`
  }
  for (const [when, sample] of [
    ['before', run.before],
    ['after', run.after],
  ] as const) {
    files[`interrupts.${when}`] = `${sample.interrupts}\n`
    files[`softirqs.${when}`] = `${sample.softirqs}\n`
  }
  return files
}

function commandOf({ raw, toolVersion, startedAt, endedAt }: StepRun) {
  const { argv, exitCode, signal, ending } = raw
  return { argv, toolVersion, exitCode, signal, ending, startedAt, endedAt }
}
