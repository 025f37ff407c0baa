import { formatPlace } from '../core/errors.ts'
import type { Phase, Problem, ServiceSnapshot, Verified } from './service-state.ts'

const DOING: Record<Exclude<Phase, 'serving'>, string> = {
  starting: 'starting',
  recovering: 'settling what was interrupted',
  applying: 'applying',
  verifying: 'verifying',
  stopping: 'stopping; the tuning stays',
}

/** The truth in one line for `systemctl status`: the profile, what waits or differs, what is wrong, the last verdicts. */
export function statusLine(snapshot: ServiceSnapshot): string {
  const { phase, profile, verified, problems, lastVerdicts } = snapshot
  const parts = [profile ?? 'no profile is applied']
  if (phase !== 'serving') parts.push(DOING[phase])
  else if (profile !== null) parts.push(verified?.profile === profile ? verdictOf(verified) : 'not verified')
  for (const problem of problems.slice(0, 1)) parts.push(`PROBLEM: ${problemText(problem)}`)
  if (problems.length > 1) parts.push(`${problems.length - 1} more problems`)
  for (const { suite, result } of lastVerdicts) parts.push(`${suite}: ${result ?? 'unreadable'}`)
  return parts.join('; ')
}

export function problemText({ place, message }: Problem): string {
  return place ? `${formatPlace(place)}: ${message}` : message
}

function verdictOf({ state, counts, drifted }: Verified): string {
  switch (state) {
    case 'ok':
      return `verified, ${counts.ok} settings as wanted`
    case 'pending-reboot':
      return `reboot pending for ${counts['pending-reboot']} settings`
    case 'unknown':
      return `${counts.unreadable} settings cannot be read`
    case 'differs': {
      const first = drifted.find((one) => one.state === 'differs')!
      const more = counts.differs > 1 ? ` and ${counts.differs - 1} more` : ''
      return `DIFFERS: ${first.target} is ${first.have ?? 'unknown'} instead of ${first.want}${more}`
    }
  }
}
