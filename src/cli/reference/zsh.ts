import { allCommands, type CommandReference, type OptionReference, type ValueReference } from './describe.ts'
import { NAMES_OF } from './value-kind.ts'

/** A completion function for zsh, to lie in a folder of `fpath` as `_quietcore`. */
export function zshCompletion(top: CommandReference): string {
  return `#compdef quietcore
# zsh completion for quietcore: made from the same commands as its help

_quietcore_names() {
  local -a names
  names=(\${~@})
  names=(\${\${\${names%/}:t}%.conf})
  compadd -a names
}

${allCommands(top).map(functionOf).join('\n')}
_quietcore "$@"
`
}

function functionOf(command: CommandReference): string {
  const specs = command.options.map(optionSpec)
  const { commands } = command
  if (commands.length === 0) {
    const args = command.arguments.map(
      (argument, at) =>
        `${argument.variadic ? '*' : at + 1}:${argument.shown.replace(/[^a-z]/g, '')}:${action(argument)}`,
    )
    return `${nameOf(command)}() {\n  _arguments -s ${[...specs, ...args.map(quote)].join(' \\\n    ')}\n}\n`
  }
  const listed = commands.map((child) =>
    quote(`${child.path.at(-1)}:${child.description.replaceAll(':', '\\:')}`),
  )
  return `${nameOf(command)}() {
  local state line curcontext="$curcontext"
  local -a commands=(
    ${listed.join('\n    ')}
  )
  _arguments -C ${[...specs, quote('1: :->command'), quote('*:: :->rest')].join(' \\\n    ')}
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $line[1] in
${commands.map((child) => `        ${child.path.at(-1)}) ${nameOf(child)} ;;`).join('\n')}
      esac
      ;;
  esac
}
`
}

function nameOf({ path }: CommandReference): string {
  return `_${path.join('_').replaceAll('-', '_')}`
}

function optionSpec({ flags, description, value, repeatable }: OptionReference): string {
  const said = `[${description.replace(/[[\]:\\]/g, '\\$&')}]`
  const taken = value ? `:${value.shown.replace(/[^a-z]/g, '')}:${action(value)}` : ''
  if (flags.length === 1) return quote(`${repeatable ? '*' : ''}${flags[0]}${said}${taken}`)
  return `${quote(`(${flags.join(' ')})`)}{${flags.join(',')}}${quote(`${said}${taken}`)}`
}

function action({ kind, choices }: ValueReference): string {
  if (choices.length > 0) return `(${choices.join(' ')})`
  if (kind === 'directory') return '_files -/'
  if (kind === 'file') return '_files'
  const globs = NAMES_OF[kind]
  if (globs === undefined) return ' '
  const names = `_quietcore_names ${globs.map((glob) => `"${glob.replace(/\/$/, '')}(N)"`).join(' ')}`
  return kind === 'run' ? `{${names}; _files}` : `{${names}}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
