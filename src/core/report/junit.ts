import { formatLimit, formatMeasured, formatOrigin } from '../verdict/format.ts'
import type { Check } from '../verdict/verdict.ts'
import { runTitle } from './cells.ts'
import { escapeXml } from './escape.ts'
import type { Reporter } from './reporter.ts'
import type { RunRecord } from './run-record.ts'

/**
 * JUnit XML as Jenkins' xunit plugin and the windyroad junit.xsd describe it: a test case for each CPU and threshold,
 * and one for each doubt about the run. A broken limit is a failure. Undecided is an error and never `skipped`: CI
 * servers count a skipped case as success, which is how a run that proves nothing turns green.
 */
export const junitReporter: Reporter = {
  name: 'junit',
  extension: 'xml',
  render(run) {
    const cases = [...run.verdict.checks.map((check) => checkCase(run, check)), ...runCases(run)]
    const attributes = {
      id: '0',
      package: 'quietcore',
      name: runTitle(run),
      tests: String(cases.length),
      failures: String(cases.filter((one) => one.includes('<failure ')).length),
      errors: String(cases.filter((one) => one.includes('<error ')).length),
      time: seconds(run.durationS),
      // the schema's pattern has no zone; the time is UTC
      ...(run.startedAt !== null && { timestamp: run.startedAt.slice(0, 19) }),
      ...(run.host && { hostname: run.host.name }),
    }
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites>',
      `  <testsuite${attributeText(attributes)}>`,
      '    <properties>',
      ...properties(run).map(([name, value]) => `      <property${attributeText({ name, value })}/>`),
      '    </properties>',
      ...cases,
      `    <system-out>${escapeXml(run.verdict.claims.join('\n'))}</system-out>`,
      `    <system-err>${escapeXml(run.verdict.reasons.join('\n'))}</system-err>`,
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n')
  },
}

function checkCase(run: RunRecord, check: Check): string {
  const { threshold, tool, step, cpu, context, result } = check
  const who = cpu === null ? 'whole run' : `CPU ${cpu}${context === null ? '' : ` ${context}`}`
  const name = `${who}: ${formatLimit(threshold)} (${formatOrigin(threshold)})`
  const detail = `measured ${formatMeasured(check)}: ${check.reason}`
  const problem = result === 'pass' ? undefined : { kind: result, type: check.code, message: detail }
  return testCase(['quietcore', run.suite?.name ?? 'file', step ?? tool].join('.'), name, problem)
}

function runCases(run: RunRecord): string[] {
  const { doubts } = run.verdict
  const className = `quietcore.${run.suite?.name ?? 'file'}`
  if (doubts.length === 0) return [testCase(className, 'the run can be trusted', undefined)]
  return doubts.map(({ code, message }, index) =>
    testCase(className, `the run can be trusted ${index + 1}: ${code}`, {
      kind: 'undecided',
      type: code,
      message,
    }),
  )
}

function testCase(
  classname: string,
  name: string,
  problem: { kind: 'fail' | 'undecided'; type: string; message: string } | undefined,
): string {
  const open = `    <testcase${attributeText({ classname, name, time: '0' })}`
  if (!problem) return `${open}/>`
  const element = problem.kind === 'fail' ? 'failure' : 'error'
  const { type, message } = problem
  return `${open}>\n      <${element}${attributeText({ type, message })}/>\n    </testcase>`
}

function properties(run: RunRecord): [string, string][] {
  const values: [string, string | undefined][] = [
    ['verdict', run.verdict.result],
    ['run', run.id],
    ['kernel', run.kernel?.release],
    ['tuning', run.tuning.state],
    ['profile', run.tuning.profile ?? undefined],
    ['quietcore', run.quietcoreVersion],
  ]
  return values.filter((pair): pair is [string, string] => pair[1] !== undefined)
}

function seconds(durationS: number | null): string {
  return (durationS ?? 0).toFixed(3)
}

function attributeText(attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('')
}
