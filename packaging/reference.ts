// Writes what a package ships and the command tree says: man pages and completion. Usage: reference.mjs DIR VERSION DATE
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bashCompletion } from '../src/cli/reference/bash.ts'
import { allCommands, describeCommand } from '../src/cli/reference/describe.ts'
import { fishCompletion } from '../src/cli/reference/fish.ts'
import { manPage } from '../src/cli/reference/man-page.ts'
import { zshCompletion } from '../src/cli/reference/zsh.ts'
import { wholeTree } from '../src/cli/run-cli.ts'

const [dir, version, date] = process.argv.slice(2) as [string, string, string]
const top = describeCommand(await wholeTree())
mkdirSync(join(dir, 'man'), { recursive: true })
for (const command of allCommands(top))
  writeFileSync(join(dir, 'man', `${command.path.join('-')}.1`), manPage(command, { version, date }))
writeFileSync(join(dir, 'quietcore.bash'), bashCompletion(top))
writeFileSync(join(dir, '_quietcore'), zshCompletion(top))
writeFileSync(join(dir, 'quietcore.fish'), fishCompletion(top))
