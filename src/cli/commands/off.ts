import type { Command } from 'commander'
import type { OffAnswer } from '../../answers/off-answer.ts'
import { noteOtherProfile } from '../note-other-profile.ts'
import { type CommonOptions, command } from '../options.ts'
import { print, printJson } from '../output.ts'
import { offHere } from '../through-service.ts'
import { recoveredText, undoneText } from '../undone-text.ts'

export function off(): Command {
  return command('quietcore off').action(async (options: CommonOptions) => {
    const answer = await offHere(options.root)
    if (options.json) printJson(answer)
    else printOff(answer)
    noteOtherProfile(options.root, null)
  })
}

function printOff({ profile, undone, recovery, rebootNeeded }: OffAnswer): void {
  if (recovery) print(recoveredText(recovery))
  if (profile === null && undone.length === 0) {
    if (!recovery) print('No profile is applied; nothing was changed.')
    return
  }
  print(
    undoneText(
      profile === null ? 'The settings of `nova conf` are undone' : `Profile ${profile} is off`,
      undone,
    ),
  )
  if (rebootNeeded)
    print('The running kernel still has the parameters of the profile: reboot to be rid of them.')
}
