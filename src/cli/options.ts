import { Command } from 'commander'
import type { ProfileChoice } from '../engine/resolve-profile.ts'

export interface CommonOptions {
  root: string
  json?: boolean
  profileDir?: string[]
}

export interface TuningOptions extends CommonOptions {
  isolatedCores?: string
}

/** A command with the options that every command has. The example is part of its help. */
export function command(example: string): Command {
  return new Command()
    .option('--root <dir>', 'the machine laid out under this directory instead of this machine', '/')
    .option('--json', 'answer with one JSON object (docs/schema)')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `\nExample:\n${example.replace(/^/gm, '  ')}`)
}

/** Options of the commands that read a profile. */
export function withProfileOptions(made: Command): Command {
  return made.option(
    '--profile-dir <dir>',
    'look for profiles in this directory of the machine only (may be given again)',
    (dir: string, earlier: string[] = []) => [...earlier, dir],
  )
}

/** Options of the commands that make a plan. */
export function withTuningOptions(made: Command): Command {
  return withProfileOptions(made).option(
    '--isolated-cores <cpulist>',
    "the CPUs to isolate: '2-5,8', or 'auto'; wins over the profile's variables file",
  )
}

/** The profile as named on the command line, with the variables given there. */
export function choiceOf(name: string, options: TuningOptions): ProfileChoice {
  return {
    name,
    overrides: options.isolatedCores === undefined ? {} : { isolated_cores: options.isolatedCores },
    ...(options.profileDir === undefined ? {} : { profileDirs: options.profileDir }),
  }
}
