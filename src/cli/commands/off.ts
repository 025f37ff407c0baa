import type { Command } from 'commander'
import { openMachine } from '../../engine/open-machine.ts'
import { untune } from '../../engine/tune.ts'
import { type CommonOptions, command } from '../options.ts'
import { print, printJson } from '../output.ts'
import { recoveredText, undoneText } from '../undone-text.ts'

export function off(): Command {
  return command('quietcore off').action(async (options: CommonOptions) => {
    const { profile, undone, recovered, rebootNeeded } = await untune(openMachine(options.root))
    if (options.json)
      return printJson({ profile, undone, recovered: recovered?.operation ?? null, rebootNeeded })
    if (recovered) print(recoveredText(recovered))
    if (profile === null && undone.length === 0)
      return recovered ? undefined : print('No profile is applied; nothing was changed.')
    print(
      undoneText(
        profile === null ? 'The settings of `nova conf` are undone' : `Profile ${profile} is off`,
        undone,
      ),
    )
    if (rebootNeeded)
      print('The running kernel still has the parameters of the profile: reboot to be rid of them.')
  })
}
