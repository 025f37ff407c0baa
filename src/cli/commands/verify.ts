import { type Command, Option } from 'commander'
import { planAnswer } from '../../answers/plan-answer.ts'
import { InputError } from '../../core/errors.ts'
import { readJournal, requireActive } from '../../engine/active.ts'
import { choiceFrom } from '../../engine/active-choice.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { exitCodeOf } from '../../engine/outcome.ts'
import { planFor } from '../../engine/plan-for.ts'
import { choiceOf, command, type TuningOptions, withTuningOptions } from '../options.ts'
import { print, printJson } from '../output.ts'
import { verifyText } from '../plan-text.ts'
import { verifyByService } from '../service-verify.ts'

interface VerifyOptions extends TuningOptions {
  service?: boolean
}

export function verify(): Command {
  return withTuningOptions(
    command('quietcore verify')
      .argument('[profile]', 'profile to compare with; default: the one that is applied')
      .addOption(
        new Option(
          '--service',
          'let the service verify what it keeps in force, keep the result, and mend drift where it is to',
        ).conflicts(['isolatedCores', 'profileDir']),
      ),
  ).action(async (name: string | undefined, options: VerifyOptions) => {
    if (options.service) {
      if (name !== undefined) throw profileWithService()
      process.exitCode = await verifyByService(options.root, options.json ?? false)
      return
    }
    const machine = openMachine(options.root)
    const { settled } = readJournal(machine.ports)
    const sameAsApplied =
      name === undefined || (name === settled.active?.profile && options.isolatedCores === undefined)
    const choice =
      sameAsApplied && !options.profileDir
        ? choiceFrom(requireActive({ settled, open: undefined }))
        : choiceOf(name ?? requireActive({ settled, open: undefined }).profile, options)
    const observed = await planFor(choice, machine)
    if (options.json) printJson(planAnswer(observed))
    else print(verifyText(observed))
    process.exitCode = exitCodeOf(observed.settings)
  })
}

function profileWithService(): InputError {
  return new InputError({
    code: 'usage',
    message: '--service verifies the profile that the service keeps in force, and no other',
    next: 'Leave --service or the profile out.',
  })
}
