import type { Command } from 'commander'
import { openMachine } from '../../engine/open-machine.ts'
import { settle } from '../../engine/tune.ts'
import { type CommonOptions, command } from '../options.ts'
import { print, printJson } from '../output.ts'
import { recoveredText } from '../undone-text.ts'

export function recover(): Command {
  return command('quietcore recover').action(async (options: CommonOptions) => {
    const recovered = await settle(openMachine(options.root))
    if (options.json) printJson({ recovered: recovered ?? null })
    else print(recovered ? recoveredText(recovered) : 'Nothing was interrupted; nothing to do.')
  })
}
