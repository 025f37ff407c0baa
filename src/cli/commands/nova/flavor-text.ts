import type { KeyDifference, KeyState } from '../../../core/nova/flavor-difference.ts'
import type { LintAnswer } from '../../../core/nova/lint.ts'
import type { FlavorsApplied } from '../../../engine/nova/flavor-apply.ts'
import type { FlavorPlan, FlavorsPlan } from '../../../engine/nova/flavor-plan.ts'
import type { FlavorsVerified } from '../../../engine/nova/flavor-verify.ts'
import { colour, type Style } from '../../output.ts'
import { warningsText } from '../../plan-text.ts'
import { table } from '../../table.ts'
import { findingText } from './lint.ts'

const STYLE: Record<KeyState, Style> = {
  ok: 'green',
  differs: 'red',
  missing: 'red',
  stale: 'yellow',
  foreign: 'gray',
}

export function planText(plan: FlavorsPlan): string {
  const why = new Map(plan.wanted.map((one) => [one.key, one.why]))
  return [
    ...plan.flavors.map((flavor) => flavorText(flavor, why)),
    warningsText(plan.warnings),
    `${plan.flavors.length} flavors at microversion ${plan.microversion} (nova ${plan.release.name} or newer). Nothing was written.\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function flavorText(
  { name, size, difference, lint, state }: FlavorPlan,
  why: ReadonlyMap<string, string>,
): string {
  const verb = state === 'missing' ? 'would be created' : state === 'ok' ? 'is as wanted' : 'would change'
  return `${head(name, size)}: ${verb}\n${keysText(difference.keys, why)}${lintText(lint)}`
}

export function appliedText(applied: FlavorsApplied): string {
  const { created, changed, flavors } = applied
  const same = flavors.length - created.length - changed.length
  return [
    created.length > 0 ? `Created: ${created.join(', ')}.\n` : '',
    changed.length > 0 ? `Changed: ${changed.join(', ')}.\n` : '',
    same > 0 ? `${same} already as wanted.\n` : '',
    warningsText(applied.warnings),
  ].join('')
}

export function verifiedText({ flavors, warnings }: FlavorsVerified): string {
  const blocks = flavors.map(({ name, size, state, keys, lint }) => {
    const open = keys.filter(({ state: its }) => its !== 'ok' && its !== 'foreign')
    const shown = colour(state, state === 'ok' ? 'green' : 'red')
    return `${size ? head(name, size) : name}: ${shown}\n${keysText(open, new Map())}${lint ? lintText(lint) : '  there is no such flavor\n'}`
  })
  const bad = flavors.filter(({ state }) => state !== 'ok').length
  return `${blocks.join('')}${warningsText(warnings)}${flavors.length} flavors: ${flavors.length - bad} ok, ${bad} not as wanted.\n`
}

function head(name: string, { vcpus, ramMb }: FlavorPlan['size']): string {
  return `${name} (${vcpus} vCPUs, ${ramMb} MiB)`
}

function keysText(keys: readonly KeyDifference[], why: ReadonlyMap<string, string>): string {
  if (keys.length === 0) return ''
  const rows = keys.map(({ key, have, want, state }) => [
    `  ${colour(state, STYLE[state])}`,
    key,
    have ?? '-',
    want ?? (state === 'stale' ? '(to be deleted)' : '(left alone)'),
    why.get(key) ?? '',
  ])
  return table(['  STATE', 'EXTRA SPEC', 'HAVE', 'WANT', 'WHY'], rows)
}

function lintText({ realtimeVcpus, findings }: LintAnswer): string {
  const realtime = realtimeVcpus.length > 0 ? `  real-time vCPUs: ${realtimeVcpus.join(',')}\n` : ''
  return realtime + findings.map(findingText).join('')
}
