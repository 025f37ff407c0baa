import type { Command } from 'commander'
import { openMachine } from '../../engine/open-machine.ts'
import { recommend as recommendFor } from '../../engine/recommend.ts'
import { type CommonOptions, command } from '../options.ts'
import { print, printJson } from '../output.ts'

export function recommend(): Command {
  return command('quietcore recommend').action((options: CommonOptions) => {
    const { profile, reasons, notes } = recommendFor(openMachine(options.root))
    if (options.json) return printJson({ profile, reasons, notes })
    print(
      [profile, ...reasons.map((why) => `  because ${why}`), ...notes.map((what) => `  note: ${what}`)].join(
        '\n',
      ),
    )
  })
}
