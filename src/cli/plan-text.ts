import { formatPlace } from '../core/errors.ts'
import type { ObservedPlan } from '../core/plan/plan.ts'
import type { ObservedSetting, State } from '../core/plan/setting.ts'
import type { Warning } from '../core/warning.ts'
import { countStates } from '../engine/outcome.ts'
import { colour, type Style } from './output.ts'
import { clip, table } from './table.ts'

const STYLE: Record<State, Style> = {
  ok: 'green',
  differs: 'red',
  'pending-reboot': 'yellow',
  unsupported: 'gray',
  unreadable: 'magenta',
}

const MOST_TARGET = 64
const MOST_VALUE = 44

/** `plan`: what would change now, what at the next boot, what already is so, what cannot be. */
export function planText(plan: ObservedPlan): string {
  const differs = plan.settings.filter(({ state }) => state === 'differs')
  const now = differs.filter(({ setting }) => setting.effect === 'now')
  const later = plan.settings.filter(
    ({ state, setting }) =>
      state === 'pending-reboot' || (state === 'differs' && setting.effect === 'reboot'),
  )
  return [
    `Profile ${plan.profile}\n`,
    section('Would change now', now),
    section('Would take effect at the next boot', later),
    reasons('Cannot be set on this machine', plan.settings, 'unsupported'),
    reasons('Cannot be read', plan.settings, 'unreadable'),
    cmdlineText(plan.cmdline),
    warningsText(plan.warnings),
    `${summary(plan.settings)} Nothing was written.\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** `verify`: every setting that is not as wanted, with what is there. */
export function verifyText(plan: ObservedPlan): string {
  const open = plan.settings.filter(({ state }) => state !== 'ok' && state !== 'unsupported')
  const rows = open.map(({ setting, have, state, reason }) => [
    colour(state, STYLE[state]),
    clip(setting.target, MOST_TARGET),
    clip(have ?? '-', MOST_VALUE),
    clip(setting.want, MOST_VALUE),
    reason ?? '',
  ])
  return [
    `Profile ${plan.profile}\n`,
    rows.length > 0 ? table(['STATE', 'SETTING', 'HAVE', 'WANT', 'REASON'], rows) : '',
    reasons('Not possible on this machine (no failure)', plan.settings, 'unsupported'),
    warningsText(plan.warnings),
    `${summary(plan.settings)}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}

/** `73 settings: 60 ok, 3 differ, 8 wait for a reboot, 2 unsupported.` */
export function summary(settings: readonly { state: State }[]): string {
  return countsText(countStates(settings))
}

export function countsText(counts: Readonly<Record<State, number>>): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const words: [State, string][] = [
    ['ok', 'ok'],
    ['differs', counts.differs === 1 ? 'differs' : 'differ'],
    ['pending-reboot', counts['pending-reboot'] === 1 ? 'waits for a reboot' : 'wait for a reboot'],
    ['unsupported', 'unsupported'],
    ['unreadable', 'unreadable'],
  ]
  const parts = words
    .filter(([state]) => counts[state] > 0)
    .map(([state, word]) => `${counts[state]} ${word}`)
  return `${all} settings: ${parts.join(', ') || 'none'}.`
}

export function warningsText(warnings: readonly Warning[]): string {
  if (warnings.length === 0) return ''
  const lines = warnings.map(
    ({ code, message, place }) =>
      `  ${colour('!', 'yellow')} ${message}${place ? ` (${formatPlace(place)})` : ''} [${code}]\n`,
  )
  return `Warnings:\n${lines.join('')}`
}

function section(title: string, settings: readonly ObservedSetting[]): string {
  if (settings.length === 0) return ''
  const rows = settings.map(({ setting, have }) => [
    `  ${clip(setting.target, MOST_TARGET)}`,
    colour(clip(have ?? '-', MOST_VALUE), 'red'),
    '->',
    colour(clip(setting.want, MOST_VALUE), 'green'),
  ])
  return `${title}:\n${table(['  SETTING', 'NOW', '', 'WANTED'], rows)}`
}

/** Many settings share one reason (2,000 IRQs): each reason is said once, with the settings it holds for. */
function reasons(title: string, settings: readonly ObservedSetting[], state: State): string {
  const byReason = new Map<string, string[]>()
  for (const { setting, state: its, reason } of settings) {
    if (its === state) byReason.set(reason ?? '', [...(byReason.get(reason ?? '') ?? []), setting.target])
  }
  if (byReason.size === 0) return ''
  const lines = [...byReason].map(([reason, all]) => {
    const targets = [...new Set(all)]
    const more = targets.length > 3 ? ` and ${targets.length - 3} more` : ''
    return `  ${targets.slice(0, 3).join(', ')}${more}: ${reason}\n`
  })
  return `${title}:\n${lines.join('')}`
}

function cmdlineText({ running, wanted }: ObservedPlan['cmdline']): string {
  if (wanted === '') return ''
  return `Kernel command line:\n  running  ${running}\n  wanted   ${wanted}\n`
}
