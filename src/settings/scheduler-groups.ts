import { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError, type Place } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import { pythonRegex } from '../core/profile/python-regex.ts'
import type { Warning } from '../core/warning.ts'
import type { Policy } from '../host/ports.ts'
import type { GroupSelector } from '../knobs/task-selector.ts'
import { hasPriority } from '../knobs/task-selector.ts'
import { wantedAffinity } from '../knobs/tasks-affinity.ts'
import { wantedPolicy } from '../knobs/tasks-policy.ts'

/** `group.NAME=rule_prio:sched:prio:affinity:regex` of TuneD. */
export interface GroupRule {
  name: string
  order: number
  /** undefined: policy and priority stay */
  policy: { policy: Policy | 'keep'; priority: number } | undefined
  /** undefined: CPUs stay */
  cpus: CpuSet | undefined
  select: GroupSelector
}

const POLICIES: Readonly<Record<string, Policy | 'keep'>> = {
  f: 'fifo',
  r: 'rr',
  b: 'batch',
  o: 'other',
  i: 'idle',
  '*': 'keep',
}

/**
 * The rules of a section, in the order in which they win (the last one that matches a thread has it): by rule_prio
 * as a number, equal ones as written. An empty rule switches an inherited one off.
 * @throws InputError `bad-group-rule` with the rule's place
 */
export function groupRules(unit: Unit, warnings: Warning[]): GroupRule[] {
  const rules: GroupRule[] = []
  for (const [option, value] of unit.options) {
    if (!option.startsWith('group.') || value.value.trim() === '') continue
    rules.push(parseRule(option.slice('group.'.length), value, warnings))
  }
  const ordered = rules.toSorted((a, b) => a.order - b.order)
  return ordered.map((rule, index) => {
    const later = ordered.slice(index + 1).map(({ select }) => select.pattern)
    return { ...rule, select: { ...rule.select, later } }
  })
}

function parseRule(name: string, { value, place }: ProfileOption, warnings: Warning[]): GroupRule {
  const [order = '', sched = '', priority = '', affinity = '', ...rest] = value.split(':')
  const pattern = rest.join(':')
  if (pattern === '') throw bad(name, `'${value}' has fewer than five parts`, place)
  if (!/^\d+$/.test(order)) throw bad(name, `its rule priority '${order}' is no number`, place)
  pythonRegex(pattern, place)
  return {
    name,
    order: Number(order),
    policy: policyOf(name, sched, priority, place),
    cpus: cpusOf(name, affinity, place, warnings),
    select: { by: 'group', pattern, later: [] },
  }
}

function policyOf(name: string, sched: string, priority: string, place: Place): GroupRule['policy'] {
  const policy = POLICIES[sched]
  if (policy === undefined) throw bad(name, `'${sched}' is no policy; known are f, r, b, o, i and *`, place)
  if (policy === 'keep' && (priority === '*' || priority === '0' || priority === '')) return undefined
  const number = /^\d+$/.test(priority) ? Number(priority) : undefined
  const real = policy === 'keep' || hasPriority(policy)
  // sched(7): 1 to 99 for the real-time policies, only 0 for the others.
  const fits = number !== undefined && (real ? number >= 1 && number <= 99 : number === 0)
  if (fits) return { policy, priority: number }
  const range = real ? 'from 1 to 99' : '0, since this policy has none'
  throw bad(name, `its priority '${priority}' must be ${range}`, place)
}

function cpusOf(name: string, affinity: string, place: Place, warnings: Warning[]): CpuSet | undefined {
  if (affinity === '*') return undefined
  if (affinity.startsWith('cgroup.')) {
    const message = `group.${name} wants the cgroup '${affinity.slice(7)}' of cgroups v1, which quietcore does not use; its CPUs stay as they are`
    warnings.push({ code: 'unsupported-option', message, place })
    return undefined
  }
  const cpus = maskOf(affinity)
  if (cpus === undefined || cpus.size === 0) {
    throw bad(name, `its affinity '${affinity}' is no hexadecimal CPU mask and not '*'`, place)
  }
  return cpus
}

function maskOf(text: string): CpuSet | undefined {
  try {
    return CpuSet.parseMask(text)
  } catch {
    return undefined
  }
}

function bad(name: string, what: string, place: Place): InputError {
  return new InputError({
    code: 'bad-group-rule',
    message: `the rule group.${name} cannot be used: ${what}`,
    place,
    next: "Write it as rule_prio:sched:prio:affinity:regex, for example '0:f:2:*:^\\[ksoftirqd'.",
  })
}

/** One setting for the policy of a rule's threads, one for their CPUs. */
export function groupSettings(section: string, rule: GroupRule): Setting[] {
  const settings: Setting[] = []
  const common = {
    section,
    target: `threads ${rule.select.pattern}`,
    effect: 'now',
    compare: 'text',
  } as const
  if (rule.policy) {
    const knob = { knob: 'tasks-policy', select: rule.select, ...rule.policy } as const
    settings.push({ ...common, id: `${section}:group.${rule.name}`, want: wantedPolicy(rule.policy), knob })
  }
  if (rule.cpus) {
    const stay = { to: 'stay', cpus: rule.cpus.toString() } as const
    const knob = { knob: 'tasks-affinity', select: rule.select, rule: stay } as const
    settings.push({
      ...common,
      id: `${section}:group.${rule.name}.affinity`,
      want: wantedAffinity({ rule: stay }),
      knob,
    })
  }
  return settings
}
