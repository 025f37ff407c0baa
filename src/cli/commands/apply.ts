import type { Command } from 'commander'
import { openMachine } from '../../engine/open-machine.ts'
import { type Tuned, tune } from '../../engine/tune.ts'
import { choiceOf, command, type TuningOptions, withTuningOptions } from '../options.ts'
import { colour, print, printJson } from '../output.ts'
import { planJson } from '../plan-json.ts'
import { summary, warningsText } from '../plan-text.ts'
import { recoveredText, undoneText } from '../undone-text.ts'

export function apply(): Command {
  return withTuningOptions(
    command('quietcore apply realtime-virtual-host --isolated-cores auto').argument(
      '<profile>',
      'profile to apply',
    ),
  ).action(async (name: string, options: TuningOptions) => {
    const tuned = await tune(choiceOf(name, options), openMachine(options.root))
    if (options.json) printJson(tunedJson(tuned))
    else print(tunedText(tuned))
  })
}

function tunedJson(tuned: Tuned) {
  const { plan, changed, released, refused, recovered, settings } = tuned
  return {
    ...planJson({ ...plan, settings }),
    changed,
    released,
    refused: refused.map(({ id, reason }) => ({ id, reason })),
    recovered: recovered ? recovered.operation : null,
    rebootNeeded: rebootNeeded(tuned),
  }
}

function rebootNeeded({ settings }: Tuned): boolean {
  return settings.some(({ state }) => state === 'pending-reboot')
}

function tunedText(tuned: Tuned): string {
  const { plan, changed, released, refused, recovered, settings } = tuned
  const nothing = changed.length === 0 && released.length === 0
  const waiting = settings.filter(({ state }) => state === 'pending-reboot').length
  return [
    recovered ? recoveredText(recovered) : '',
    warningsText(plan.warnings),
    nothing
      ? `Profile ${plan.profile} is applied already; nothing was changed.\n`
      : `Profile ${plan.profile} is applied: ${changed.length} settings changed.\n`,
    undoneText('Given back from the earlier profile', released),
    refused.length > 0
      ? `Refused by this machine: ${refused.length} (see \`quietcore verify\` for the reasons).\n`
      : '',
    `${summary(settings)}\n`,
    waiting > 0
      ? `${colour('A reboot is needed', 'yellow')} for ${waiting} settings. Reboot, then run \`quietcore apply ${plan.profile}\` again unless quietcore.service is enabled, and \`quietcore verify\`.\n`
      : '',
  ]
    .filter((part) => part !== '')
    .join('')
}
