import type { Command } from 'commander'
import { EXIT } from '../../core/errors.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { countStates, exitCodeOf } from '../../engine/outcome.ts'
import { type Status, statusOf } from '../../engine/status.ts'
import { type CommonOptions, command } from '../options.ts'
import { colour, print, printJson } from '../output.ts'
import { summary } from '../plan-text.ts'

const VERDICT_STYLE = { pass: 'green', fail: 'red', undecided: 'yellow' } as const

export function status(): Command {
  return command('quietcore status').action(async (options: CommonOptions) => {
    const found = await statusOf(openMachine(options.root))
    if (options.json) printJson(statusJson(found))
    else print(statusText(found))
    process.exitCode = statusExit(found)
  })
}

function statusExit({ interrupted, observed }: Status): number {
  if (interrupted) return EXIT.undecided
  return observed ? exitCodeOf(observed.settings) : EXIT.done
}

function statusJson({ active, interrupted, observed, lastVerdicts }: Status) {
  const counts = observed ? countStates(observed.settings) : null
  return {
    profile: active?.profile ?? null,
    overrides: active?.overrides ?? {},
    since: active?.since ?? null,
    interrupted,
    rebootPending: counts !== null && counts['pending-reboot'] > 0,
    settings: counts,
    lastVerdicts,
  }
}

function statusText({ active, interrupted, observed, lastVerdicts }: Status): string {
  const lines = [`Profile:  ${active ? `${active.profile} (since ${active.since})` : 'none applied'}`]
  if (interrupted) {
    lines.push(
      `Interrupted: ${interrupted.operation} of ${interrupted.profile} at ${interrupted.time} did not end; run \`quietcore recover\`.`,
    )
  }
  if (observed) {
    const waiting = countStates(observed.settings)['pending-reboot']
    lines.push(`Settings: ${summary(observed.settings)}`)
    lines.push(
      `Reboot:   ${waiting > 0 ? colour(`pending for ${waiting} settings`, 'yellow') : 'not needed'}`,
    )
  }
  for (const { suite, result, startedAt, run } of lastVerdicts) {
    const word = result === null ? 'unreadable' : colour(result, VERDICT_STYLE[result])
    lines.push(`Verdict:  ${suite} ${word} (${startedAt}, ${run})`)
  }
  return `${lines.join('\n')}\n`
}
