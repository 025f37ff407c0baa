import type { Command } from 'commander'
import { EXIT } from '../../core/errors.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { exitCodeOf } from '../../engine/outcome.ts'
import { type Status, statusOf } from '../../engine/status.ts'
import { lookAround } from '../look-around.ts'
import { type CommonOptions, command } from '../options.ts'
import { print, printJson } from '../output.ts'
import { statusAnswer } from '../status-answer.ts'
import { statusText } from '../status-text.ts'

export function status(): Command {
  return command('quietcore status').action(async (options: CommonOptions) => {
    const machine = openMachine(options.root)
    const found = await statusOf(machine)
    const around = await lookAround(machine.ports, found.lastVerdicts)
    if (options.json) printJson(statusAnswer(found, around))
    else print(statusText(found, around))
    process.exitCode = statusExit(found)
  })
}

function statusExit({ interrupted, observed }: Status): number {
  if (interrupted) return EXIT.undecided
  return observed ? exitCodeOf(observed.settings) : EXIT.done
}
