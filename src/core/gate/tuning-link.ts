import { formatPlace } from '../errors.ts'
import type { State } from '../plan/setting.ts'
import type { Link } from './link.ts'

/** One setting as `verify` answers for it, here or in a guest. */
export interface VerifiedSetting {
  target: string
  want: string
  have: string | null
  state: State
  reason?: string
}

const ORDER: readonly State[] = ['differs', 'unreadable', 'pending-reboot', 'unsupported', 'ok']
const WORDS: Readonly<Record<State, string>> = {
  differs: 'differ',
  unreadable: 'cannot be read',
  'pending-reboot': 'wait for a reboot',
  unsupported: 'this machine does not have',
  ok: 'as wanted',
}

/** The tuning of the host (`guest` null) or of a guest: fail when a setting differs, undecided while one waits. */
export function tuningLink(
  guest: string | null,
  profile: string,
  settings: readonly VerifiedSetting[],
  warnings: readonly { message: string; place?: { file: string; line?: number } }[] = [],
): Link {
  const of = (state: State) => settings.filter((setting) => setting.state === state)
  const counts = ORDER.filter((state) => of(state).length > 0).map(
    (state) => `${of(state).length} ${WORDS[state]}`,
  )
  const open = ORDER.slice(0, 3).flatMap(of)
  return {
    kind: guest === null ? 'tuning' : 'guest-tuning',
    subject: guest,
    state: stateOf(settings),
    evidence: [
      `${profile}: ${counts.length > 0 ? counts.join(', ') : 'the profile sets nothing'}`,
      ...open.map(describe),
      ...warnings.map(({ message, place }) => `warning: ${place ? `${formatPlace(place)}: ` : ''}${message}`),
    ],
    next: nextOf(guest, profile, settings),
  }
}

function stateOf(settings: readonly VerifiedSetting[]): Link['state'] {
  const has = (state: State) => settings.some((setting) => setting.state === state)
  if (has('differs')) return 'fail'
  // a profile without a single setting says nothing of a machine
  return has('pending-reboot') || has('unreadable') || !has('ok') ? 'undecided' : 'pass'
}

function describe({ target, want, have, state, reason }: VerifiedSetting): string {
  return `${target}: ${state}, want ${want}, have ${have ?? 'unknown'}${reason ? ` (${reason})` : ''}`
}

function nextOf(guest: string | null, profile: string, settings: readonly VerifiedSetting[]): string[] {
  const where = guest === null ? '' : ` in ${guest}`
  const has = (state: State) => settings.some((setting) => setting.state === state)
  return [
    ...(has('differs') ? [`quietcore verify${where} shows each; quietcore apply ${profile} sets them`] : []),
    ...(has('pending-reboot')
      ? [`reboot${guest === null ? '' : ` ${guest}`}, then apply and gate again`]
      : []),
    ...(has('unreadable') ? [`run quietcore${where} as root`] : []),
  ]
}
