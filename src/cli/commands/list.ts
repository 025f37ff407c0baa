import type { Command } from 'commander'
import { openLibrary } from '../../engine/profile-library.ts'
import { openRoot } from '../../host/root.ts'
import { type CommonOptions, command, withProfileOptions } from '../options.ts'
import { print, printJson } from '../output.ts'
import { clip, table } from '../table.ts'

export function list(): Command {
  return withProfileOptions(command('quietcore list')).action((options: CommonOptions) => {
    const profiles = openLibrary(openRoot(options.root), options.profileDir).list()
    if (options.json) return printJson({ profiles })
    print(
      table(
        ['PROFILE', 'SUMMARY', 'FILE'],
        profiles.map(({ name, summary, path }) => [name, clip(summary, 70), path]),
      ),
    )
  })
}
