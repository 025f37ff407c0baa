import { formatPlace } from '../core/errors.ts'
import { countStates } from '../engine/outcome.ts'
import type { Status } from '../engine/status.ts'
import { colour } from './output.ts'
import { summary } from './plan-text.ts'
import type { Around } from './status-answer.ts'

const VERDICT_STYLE = { pass: 'green', fail: 'red', undecided: 'yellow' } as const
const VERIFIED_WORD = {
  ok: 'as wanted',
  differs: 'differs',
  'pending-reboot': 'waits for a reboot',
  unknown: 'could not be read whole',
} as const

/** `status`: one line for each thing that an operator asks first. */
export function statusText(status: Status, around: Around): string {
  const lines = [
    ...tuningLines(status),
    ...verifiedLines(around),
    ...verdictLines(status),
    ...around.missed.map(({ suite, outcome, at, reason }) =>
      line(
        'Missed',
        `${suite} ${colour(outcome, outcome === 'failed' ? 'red' : 'yellow')} (${at}): ${reason}`,
      ),
    ),
    ...scheduleLines(around),
    ...serviceLines(around),
  ]
  return `${lines.join('\n')}\n`
}

function line(name: string, text: string): string {
  return `${`${name}:`.padEnd(10)}${text}`
}

function tuningLines({ active, interrupted, observed }: Status): string[] {
  const lines = [line('Profile', active ? `${active.profile} (since ${active.since})` : 'none applied')]
  if (interrupted) {
    lines.push(
      `Interrupted: ${interrupted.operation} of ${interrupted.profile} at ${interrupted.time} did not end; run \`quietcore recover\`.`,
    )
  }
  if (observed) {
    const waiting = countStates(observed.settings)['pending-reboot']
    const reboot = waiting > 0 ? colour(`pending for ${waiting} settings`, 'yellow') : 'not needed'
    lines.push(line('Settings', summary(observed.settings)), line('Reboot', reboot))
  }
  return lines
}

function verifiedLines({ verified, service }: Around): string[] {
  if (!verified && service?.profile) return [line('Verified', colour('not known', 'yellow'))]
  if (!verified) return []
  const { at, state, profile, drifted } = verified
  const what = drifted.length > 0 ? `, ${drifted.length} not as wanted` : ''
  return [line('Verified', `${profile} ${VERIFIED_WORD[state]}${what} (${at})`)]
}

function verdictLines({ lastVerdicts }: Status): string[] {
  return lastVerdicts.map(({ suite, result, startedAt, run }) => {
    const word = result === null ? 'unreadable' : colour(result, VERDICT_STYLE[result])
    return line('Verdict', `${suite} ${word} (${startedAt}, ${run})`)
  })
}

/** When systemd says it, the moment; else the calendar. */
function scheduleLines({ service, nextRuns }: Around): string[] {
  const moments = new Map(nextRuns.map(({ suite, next }) => [suite, next]))
  const suites = (service?.schedule ?? []).map(({ suite, onCalendar }) =>
    line('Next run', `${suite} ${moments.get(suite) ?? 'when its calendar says'} (${onCalendar})`),
  )
  const verify = moments.get(null)
  return verify ? [...suites, line('Next run', `verify ${verify}`)] : suites
}

function serviceLines({ service }: Around): string[] {
  if (service === undefined) return [line('Service', 'not running')]
  if (service === null)
    return [line('Service', `${colour('does not answer', 'red')}; see \`journalctl -u quietcore\``)]
  const { version, pid, phase, problems } = service
  return [
    line('Service', `${phase} (${version}, pid ${pid})`),
    ...problems.map(({ code, message, place, next, since }) => {
      const where = place ? `${formatPlace(place)}: ` : ''
      return `${line('Problem', `${colour(where + message, 'yellow')} [${code}, since ${since}]`)}${next ? `\n${' '.repeat(10)}${next}` : ''}`
    }),
  ]
}
