import { formatLimit, formatMeasured } from '../verdict/format.ts'
import type { Check, Result, Threshold } from '../verdict/verdict.ts'
import { html, type Markup } from './markup.ts'

const ORDER: Record<Result, number> = { fail: 0, undecided: 1, pass: 2 }

/** One row for each threshold (its gravest check), and every check folded below. */
export function checksSection(checks: readonly Check[]): Markup | null {
  if (checks.length === 0) return null
  const groups = new Map<string, Check[]>()
  for (const check of checks) {
    const key = JSON.stringify([check.threshold.origin, formatLimit(check.threshold), check.tool, check.step])
    groups.set(key, [...(groups.get(key) ?? []), check])
  }
  return html`<h2>Thresholds</h2>
<div class="scroll"><table class="stack"><thead><tr><th>Threshold</th><th class="text">Result</th><th>Worst</th><th class="text">On</th><th class="text">Set by</th></tr></thead><tbody>
${[...groups.values()].map(groupRow)}</tbody></table></div>
${
  checks.length > groups.size
    ? html`<details class="checks"><summary>Each of the ${checks.length} checks</summary><div class="scroll"><table class="stack"><thead><tr><th>Threshold</th><th class="text">Result</th><th class="text">CPU</th><th>Measured</th><th class="text">Why</th></tr></thead><tbody>
${checks.map(checkRow)}</tbody></table></div></details>`
    : null
}`
}

function groupRow(group: readonly Check[]): Markup {
  const worst = group.reduce((a, b) => (graver(b, a) ? b : a))
  const met = group.filter((check) => check.result === 'pass').length
  const on = group.length === 1 ? where(worst) : `${where(worst)}; met on ${met} of ${group.length}`
  const { threshold, result } = worst
  return html`<tr class="${result}"><td><b>${name(worst)}</b></td><td class="text word">${result}</td><td data-label="worst">${formatMeasured(worst)}</td><td class="text" data-label="on">${on}</td><td class="text" data-label="set by">${setBy(threshold)}</td></tr>
`
}

function checkRow(check: Check): Markup {
  return html`<tr class="${check.result}"><td>${name(check)}</td><td class="text word">${check.result}</td><td class="text">${where(check)}</td><td>${formatMeasured(check)}</td><td class="text wrap">${check.reason}</td></tr>
`
}

function graver(a: Check, b: Check): boolean {
  if (a.result !== b.result) return ORDER[a.result] < ORDER[b.result]
  return (a.measured ?? -1) > (b.measured ?? -1)
}

function name({ step, tool, threshold }: Check): string {
  const who = step === null || step === tool ? tool : `${step} (${tool})`
  return `${who === '*' ? 'any tool' : who} ${formatLimit(threshold)}`
}

function where({ cpu, context }: Check): string {
  return cpu === null ? 'the run' : `CPU ${cpu}${context === null ? '' : ` ${context}`}`
}

function setBy({ criterion, origin }: Threshold): string {
  return criterion === undefined ? origin : `${criterion} (${origin})`
}
