import type { Command } from 'commander'
import type { ApplyAnswer } from '../../answers/apply-answer.ts'
import { noteOtherProfile } from '../note-other-profile.ts'
import { choiceOf, command, type TuningOptions, withTuningOptions } from '../options.ts'
import { colour, print, printJson } from '../output.ts'
import { summary, warningsText } from '../plan-text.ts'
import { applyHere } from '../through-service.ts'
import { recoveredText, undoneText } from '../undone-text.ts'

export function apply(): Command {
  return withTuningOptions(
    command('quietcore apply realtime-virtual-host --isolated-cores auto').argument(
      '<profile>',
      'profile to apply',
    ),
  ).action(async (name: string, options: TuningOptions) => {
    const choice = choiceOf(name, options)
    const answer = await applyHere(choice, options.root)
    if (options.json) printJson(answer)
    else print(applyText(answer))
    const withOptions = Object.keys(choice.overrides).length > 0 || choice.profileDirs !== undefined
    noteOtherProfile(options.root, answer.profile, withOptions)
  })
}

function applyText({
  profile,
  warnings,
  changed,
  released,
  refused,
  recovery,
  settings,
}: ApplyAnswer): string {
  const nothing = changed.length === 0 && released.length === 0
  const waiting = settings.filter(({ state }) => state === 'pending-reboot').length
  return [
    recovery ? recoveredText(recovery) : '',
    warningsText(warnings),
    nothing
      ? `Profile ${profile} is applied already; nothing was changed.\n`
      : `Profile ${profile} is applied: ${changed.length} settings changed.\n`,
    undoneText('Given back from the earlier profile', released),
    refused.length > 0
      ? `Refused by this machine: ${refused.length} (see \`quietcore verify\` for the reasons).\n`
      : '',
    `${summary(settings)}\n`,
    waiting > 0
      ? `${colour('A reboot is needed', 'yellow')} for ${waiting} settings. Reboot, then run \`quietcore apply ${profile}\` again unless quietcore.service is enabled, and \`quietcore verify\`.\n`
      : '',
  ]
    .filter((part) => part !== '')
    .join('')
}
