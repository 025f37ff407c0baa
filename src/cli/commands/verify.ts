import type { Command } from 'commander'
import { readJournal, requireActive } from '../../engine/active.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { exitCodeOf } from '../../engine/outcome.ts'
import { planFor } from '../../engine/plan-for.ts'
import { choiceFrom } from '../../engine/status.ts'
import { choiceOf, command, type TuningOptions, withTuningOptions } from '../options.ts'
import { print, printJson } from '../output.ts'
import { planJson } from '../plan-json.ts'
import { verifyText } from '../plan-text.ts'

export function verify(): Command {
  return withTuningOptions(
    command('quietcore verify').argument(
      '[profile]',
      'profile to compare with; default: the one that is applied',
    ),
  ).action(async (name: string | undefined, options: TuningOptions) => {
    const machine = openMachine(options.root)
    const { settled } = readJournal(machine.ports)
    const sameAsApplied =
      name === undefined || (name === settled.active?.profile && options.isolatedCores === undefined)
    const choice =
      sameAsApplied && !options.profileDir
        ? choiceFrom(requireActive({ settled, open: undefined }))
        : choiceOf(name ?? requireActive({ settled, open: undefined }).profile, options)
    const observed = await planFor(choice, machine)
    if (options.json) printJson(planJson(observed))
    else print(verifyText(observed))
    process.exitCode = exitCodeOf(observed.settings)
  })
}
