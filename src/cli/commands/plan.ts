import type { Command } from 'commander'
import { planAnswer } from '../../answers/plan-answer.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { planFor } from '../../engine/plan-for.ts'
import { choiceOf, command, type TuningOptions, withTuningOptions } from '../options.ts'
import { print, printJson } from '../output.ts'
import { planText } from '../plan-text.ts'

export function plan(): Command {
  return withTuningOptions(
    command('quietcore plan realtime-virtual-host --isolated-cores 2-5,8').argument(
      '<profile>',
      'profile to plan',
    ),
  ).action(async (name: string, options: TuningOptions) => {
    const observed = await planFor(choiceOf(name, options), openMachine(options.root))
    if (options.json) printJson(planAnswer(observed))
    else print(planText(observed))
  })
}
