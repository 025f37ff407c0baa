import type { Command } from 'commander'
import { commandLine } from '../../core/profile/bootloader-line.ts'
import type { Profile } from '../../core/profile/profile.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { resolveProfile } from '../../engine/resolve-profile.ts'
import { choiceOf, command, type TuningOptions, withTuningOptions } from '../options.ts'
import { print, printJson } from '../output.ts'
import { warningsText } from '../plan-text.ts'

export function show(): Command {
  return withTuningOptions(
    command('quietcore show realtime-virtual-host --isolated-cores 2-5').argument(
      '<profile>',
      'profile to show',
    ),
  ).action((name: string, options: TuningOptions) => {
    const profile = resolveProfile(choiceOf(name, options), openMachine(options.root))
    if (options.json) printJson(showJson(profile))
    else print(showText(profile))
  })
}

/** The contract of `show --json` (docs/schema/show.schema.json): all expanded for this machine. */
function showJson(profile: Profile) {
  return {
    name: profile.name,
    summary: profile.summary,
    files: profile.files,
    units: Object.fromEntries(profile.units.map((unit) => [unit.name, optionsOf(unit.options)])),
    attributes: Object.fromEntries(
      profile.units.map(({ name, type, priority, enabled, devices }) => [
        name,
        { type, priority, enabled, devices },
      ]),
    ),
    variables: Object.fromEntries(profile.variables),
    cmdline: commandLine(profile),
    warnings: profile.warnings,
  }
}

function optionsOf(options: Profile['units'][number]['options']): Record<string, string> {
  return Object.fromEntries([...options].map(([name, { value }]) => [name, value]))
}

function showText(profile: Profile): string {
  const head = [`# ${profile.name}: ${profile.summary}`, ...profile.files.map((file) => `# from ${file}`)]
  const units = profile.units.map((unit) => {
    const attributes = [
      unit.type === unit.name ? '' : `type=${unit.type}\n`,
      unit.priority === 0 ? '' : `priority=${unit.priority}\n`,
      unit.enabled ? '' : 'enabled=false\n',
      unit.devices === '*' ? '' : `devices=${unit.devices}\n`,
    ].join('')
    const options = [...unit.options].map(([name, { value }]) => `${name}=${value}\n`).join('')
    return `[${unit.name}]\n${attributes}${options}`
  })
  const variables = [...profile.variables].map(([name, value]) => `${name}=${value}\n`).join('')
  return `${head.join('\n')}\n\n${[`[variables]\n${variables}`, ...units].join('\n')}\n${warningsText(profile.warnings)}`
}
