import type { EventEmitter } from 'node:events'
import type { Argument, Command, Option } from 'commander'
import { type ValueKind, valueKind } from './value-kind.ts'

/** A value that a command takes, by position or after an option. */
export interface ValueReference {
  /** as shown: `<profile>`, `[suite]`, `<file...>` */
  shown: string
  kind: ValueKind
  choices: readonly string[]
}

export interface ArgumentReference extends ValueReference {
  description: string
  variadic: boolean
}

export interface OptionReference {
  /** `-h`, `--help`: at least one */
  flags: readonly string[]
  description: string
  value?: ValueReference
  /** may be given again */
  repeatable: boolean
}

/** What a command is to its user: the one source of man pages and completion. */
export interface CommandReference {
  /** `['quietcore', 'report']` */
  path: readonly string[]
  description: string
  arguments: readonly ArgumentReference[]
  options: readonly OptionReference[]
  commands: readonly CommandReference[]
  /** what `--help` says after the options: examples, exit codes */
  epilogue: string
}

/** Reads a commander tree, as `--help` does. */
export function describeCommand(command: Command, above: readonly string[] = []): CommandReference {
  const path = [...above, command.name()]
  const help = command.createHelp()
  return {
    path,
    description: command.description(),
    arguments: help.visibleArguments(command).map(argument),
    options: help.visibleOptions(command).map(option),
    commands: command.commands.map((child) => describeCommand(child, path)),
    epilogue: epilogue(command),
  }
}

/** The command and all below it, parents first. */
export function allCommands(top: CommandReference): CommandReference[] {
  return [top, ...top.commands.flatMap(allCommands)]
}

function argument(given: Argument): ArgumentReference {
  const name = `${given.name()}${given.variadic ? '...' : ''}`
  return {
    shown: given.required ? `<${name}>` : `[${name}]`,
    kind: valueKind(given.name()),
    choices: given.argChoices ?? [],
    description: given.description,
    variadic: given.variadic,
  }
}

function option(given: Option): OptionReference {
  const { short, long, flags, description, defaultValue, argChoices } = given
  const shown = /[<[].*$/.exec(flags)?.[0]
  const kept = typeof defaultValue === 'string' ? `${description} (default: ${defaultValue})` : description
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description: kept,
    repeatable: given.variadic || description.includes('may be given again'),
    ...(shown === undefined
      ? {}
      : { value: { shown, kind: valueKind(shown, long), choices: argChoices ?? [] } }),
  }
}

/** commander keeps the text of addHelpText only in listeners of this event. */
function epilogue(command: Command): string {
  let text = ''
  const write = (part: string) => {
    text += part
  }
  const events = command as unknown as EventEmitter
  events.emit('afterHelp', { error: false, command, write })
  return text.trim()
}
