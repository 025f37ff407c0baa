import { CpuSet } from '../cpu/cpu-set.ts'
import { formatLimit, formatOrigin } from './format.ts'
import type { Check, Result } from './verdict.ts'

const ORDER: Record<Result, number> = { fail: 0, undecided: 1, pass: 2 }

/** One sentence for each threshold, step and outcome, however many CPUs share it; the gravest first. */
export function checkReasons(checks: readonly Check[]): string[] {
  const groups = new Map<string, Check[]>()
  for (const check of checks) {
    const { threshold, tool, step, result, code } = check
    const key = JSON.stringify([
      threshold.origin,
      formatLimit(threshold),
      threshold.cpus,
      tool,
      step,
      result,
      code,
    ])
    groups.set(key, [...(groups.get(key) ?? []), check])
  }
  return [...groups.values()]
    .sort((a, b) => ORDER[a[0]!.result] - ORDER[b[0]!.result])
    .map((group) => sentence(group, checks))
}

function sentence(group: readonly Check[], all: readonly Check[]): string {
  const worst = group.reduce((a, b) => ((b.measured ?? -1) > (a.measured ?? -1) ? b : a))
  const { threshold, tool, step, result, reason } = worst
  const subject = `${step !== null && step !== tool ? `${step}: ` : ''}${tool === '*' ? 'any tool' : tool} ${formatLimit(threshold)} (${formatOrigin(threshold)})`
  const verb = { pass: 'holds', fail: 'is broken', undecided: 'is undecided' }[result]
  const threads = all.filter(
    (one) => one.threshold === threshold && one.step === step && one.tool === tool,
  ).length
  const where = whereabouts(group, threads)
  const same = group.every((check) => check.reason === reason)
  const name = same ? '' : ` ${result === 'undecided' ? 'for example' : 'the worst is'} ${threadName(worst)},`
  return `${subject} ${verb}${where}:${name} ${reason}.`
}

/** ` on all 62 CPUs`, ` on CPU 3-5 (3 of 62)`, ` on CPU 3`, or nothing for the whole run. */
function whereabouts(group: readonly Check[], threads: number): string {
  const cpus = CpuSet.of(group.flatMap((check) => (check.cpu === null ? [] : [check.cpu])))
  if (cpus.size === 0) return group.length > 1 ? ` in ${group.length} threads` : ''
  const contexts = [...new Set(group.flatMap((check) => check.context ?? []))]
  const context = contexts.length > 0 ? ` (${contexts.join(', ')})` : ''
  if (group.length === threads && cpus.size > 1)
    return ` on ${cpus.size === 2 ? 'both' : `all ${cpus.size}`} CPUs${context}`
  const share = group.length > 1 && group.length < threads ? ` (${group.length} of ${threads})` : ''
  return ` on CPU ${cpus}${context}${share}`
}

function threadName({ cpu, context }: Check): string {
  if (cpu === null) return 'one thread'
  return `CPU ${cpu}${context === null ? '' : ` ${context}`}`
}
