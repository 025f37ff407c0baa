import { allCommands, type CommandReference, type ValueReference } from './describe.ts'
import { NAMES_OF } from './value-kind.ts'

/** A completion script for bash. Needs nothing of the bash-completion package; starts no process. */
export function bashCompletion(top: CommandReference): string {
  const commands = allCommands(top)
  const below = commands.slice(1).map((command) => quote(words(command)))
  return `# bash completion for quietcore: made from the same commands as its help
_quietcore_names() {
  local path
  for path in "$@"; do
    [[ -e $path ]] || continue
    path=\${path%/}
    path=\${path##*/}
    printf '%s\\n' "\${path%.conf}"
  done
}

_quietcore() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue(commands).join(' | ')}) i=$((i + 1)) ;;
      -*) ;;
      *)
        case "$command \${COMP_WORDS[i]}" in
          ${below.join(' | ')}) command+=" \${COMP_WORDS[i]}" ;;
        esac
        ;;
    esac
  done
  COMPREPLY=()
  case "$command $prev" in
${commands.flatMap(optionValues).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${commands.map((command) => `      ${quote(words(command))}) ${offer(wordList(flagsOf(command)))} ;;`).join('\n')}
    esac
    return
  fi
  case $command in
${commands.flatMap(positional).join('\n')}
  esac
}
complete -F _quietcore quietcore
`
}

/** ` report`: the words after the program's name, each with a blank before it. */
function words({ path }: CommandReference): string {
  return path
    .slice(1)
    .map((word) => ` ${word}`)
    .join('')
}

function withValue(commands: readonly CommandReference[]): string[] {
  const flags = commands.flatMap(({ options }) => options.flatMap(({ value, flags }) => (value ? flags : [])))
  return [...new Set(flags)]
}

function flagsOf({ options }: CommandReference): string[] {
  return options.flatMap(({ flags }) => flags)
}

function optionValues(command: CommandReference): string[] {
  return command.options.flatMap(({ flags, value }) => {
    if (value === undefined) return []
    const patterns = flags.map((flag) => quote(`${words(command)} ${flag}`))
    return [`    ${patterns.join(' | ')}) ${valueOffer(value)} return ;;`]
  })
}

function positional(command: CommandReference): string[] {
  const [first] = command.arguments
  if (command.commands.length > 0) {
    const names = command.commands.map(({ path }) => path.at(-1)!)
    return [`    ${quote(words(command))}) ${offer(wordList(names))} ;;`]
  }
  return first ? [`    ${quote(words(command))}) ${valueOffer(first)} ;;`.replace('; ;;', ' ;;')] : []
}

function valueOffer({ kind, choices }: ValueReference): string {
  if (choices.length > 0) return `${offer(wordList(choices))};`
  if (kind === 'directory') return `${offer('-d')};`
  if (kind === 'file') return `${offer('-f')};`
  const globs = NAMES_OF[kind]
  if (globs === undefined) return ''
  const names = `-W "$(_quietcore_names ${globs.join(' ')})"`
  return kind === 'run' ? `${offer(names)}; ${offer('-f', '+=')};` : `${offer(names)};`
}

function wordList(list: readonly string[]): string {
  return `-W ${quote(list.join(' '))}`
}

function offer(what: string, assign = '='): string {
  return `COMPREPLY${assign}($(compgen ${what} -- "$cur"))`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
