import { allCommands, type CommandReference, type ValueReference } from './describe.ts'
import { NAMES_OF } from './value-kind.ts'

/** A completion script for fish. */
export function fishCompletion(top: CommandReference): string {
  return `# fish completion for quietcore: made from the same commands as its help
function __quietcore_names
    for path in $argv
        string replace -r '\\.conf$' '' (basename $path)
    end
end

complete -c quietcore -f
${allCommands(top).flatMap(linesOf).join('\n')}
`
}

function linesOf(command: CommandReference): string[] {
  const when = condition(command)
  const children = command.commands.map(
    (child) => `complete -c quietcore -n ${when} -a ${child.path.at(-1)} -d ${quote(child.description)}`,
  )
  const options = command.options.map(({ flags, description, value }) => {
    const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
    return `complete -c quietcore -n ${when} ${names.join(' ')}${value ? ` ${offerOf(value)}` : ''} -d ${quote(description)}`
  })
  const positional = command.arguments.slice(0, 1).flatMap((argument) => {
    const what = positionalOf(argument)
    return what === '' ? [] : [`complete -c quietcore -n ${when} ${what}`]
  })
  return [...children, ...options, ...positional]
}

/** The command is the one on the line, and none below it is named yet. */
function condition({ path, commands }: CommandReference): string {
  const above = path.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`)
  const below = commands.map(({ path: { [path.length]: word } }) => word)
  const none = below.length > 0 ? [`not __fish_seen_subcommand_from ${below.join(' ')}`] : []
  return quote([...above, ...none].join('; and '))
}

function offerOf(value: ValueReference): string {
  if (value.choices.length > 0) return `-x -a ${quote(value.choices.join(' '))}`
  if (value.kind === 'directory') return "-x -a '(__fish_complete_directories)'"
  if (value.kind === 'file') return '-r -F'
  const names = namesOf(value)
  return names === '' ? '-x' : `-x ${names}`
}

function positionalOf(value: ValueReference): string {
  if (value.choices.length > 0) return `-a ${quote(value.choices.join(' '))}`
  const names = namesOf(value)
  return value.kind === 'run' ? `-F ${names}` : value.kind === 'file' ? '-F' : names
}

/** Only `set` takes a glob without a match. */
function namesOf({ kind }: ValueReference): string {
  const globs = NAMES_OF[kind]
  return globs === undefined
    ? ''
    : `-a ${quote(`(set -l paths ${globs.join(' ')}; __quietcore_names $paths)`)}`
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
