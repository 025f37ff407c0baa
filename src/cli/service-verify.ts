import { EXIT, MachineError } from '../core/errors.ts'
import { openPorts } from '../engine/open-ports.ts'
import type { Verified } from '../engine/verified.ts'
import { askService } from '../host/control/ask-service.ts'
import { colour, note, print, printJson } from './output.ts'
import { countsText } from './plan-text.ts'
import { clip, table } from './table.ts'

const EXIT_OF = {
  ok: EXIT.done,
  differs: EXIT.no,
  'pending-reboot': EXIT.undecided,
  unknown: EXIT.undecided,
} as const

/**
 * `verify --service`: the service verifies, keeps the result and mends what drifted where quietcore.conf says so.
 * Answers the exit code.
 * @throws MachineError `no-service`
 */
export async function verifyByService(dir: string, json: boolean): Promise<number> {
  const { root } = openPorts(dir)
  const answer = await askService<{ verified: Verified | null }>(root, { method: 'POST', path: '/v1/verify' })
  if (answer === undefined) {
    throw new MachineError({
      code: 'no-service',
      message: 'quietcore.service does not run, so it cannot verify',
      next: 'Start it (`systemctl start quietcore`), or leave --service out.',
    })
  }
  const { verified } = answer
  if (json) printJson({ verified })
  else if (verified) print(verifiedText(verified))
  else note('No profile is applied; there is nothing to verify.')
  return verified ? EXIT_OF[verified.state] : EXIT.done
}

function verifiedText({ profile, counts, drifted }: Verified): string {
  const rows = drifted.map(({ state, target, have, want }) => [
    colour(state, state === 'differs' ? 'red' : 'yellow'),
    clip(target, 64),
    clip(have ?? '-', 44),
    clip(want, 44),
  ])
  return [
    `Profile ${profile}\n`,
    rows.length > 0 ? table(['STATE', 'SETTING', 'HAVE', 'WANT'], rows) : '',
    `${countsText(counts)}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}
