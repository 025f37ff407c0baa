import type { ArgumentReference, CommandReference, OptionReference } from './describe.ts'

export interface ManEdition {
  version: string
  /** `2026-11-22` */
  date: string
}

/**
 * A command's manual page, section 1, in the man(7) language. Long words of a synopsis stay whole; examples and exit
 * codes stand as `--help` prints them.
 */
export function manPage(command: CommandReference, { version, date }: ManEdition): string {
  const name = command.path.join('-')
  return `${[
    `.TH ${name.toUpperCase()} 1 ${date} "quietcore ${version}" "User Commands"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(uncapital(command.description))}`,
    '.SH SYNOPSIS',
    `.B ${roff(command.path.join(' '))}`,
    roff(synopsis(command)),
    '.SH DESCRIPTION',
    line(command.description),
    ...(command.arguments.length > 0 ? ['.SH ARGUMENTS', ...command.arguments.flatMap(argument)] : []),
    ...(command.commands.length > 0 ? ['.SH COMMANDS', ...command.commands.flatMap(subcommand)] : []),
    '.SH OPTIONS',
    ...command.options.flatMap(option),
    ...epilogue(command.epilogue),
    ...(command.path.length > 1 ? EXIT_STATUS : FILES),
    '.SH SEE ALSO',
    seeAlso(command),
  ].join('\n')}\n`
}

const EXIT_STATUS = [
  '.SH EXIT STATUS',
  ...[
    ['0', 'done, or pass'],
    ['1', 'the answer is no: something differs, or the limit is broken'],
    ['2', 'bad input: usage, profile, configuration'],
    ['3', 'could not be done: privilege, missing tool, lock, input or output'],
    ['4', 'undecided: a reboot is pending, too few samples, the run was disturbed'],
  ].flatMap(([code, meaning]) => ['.TP', `.B ${code}`, meaning!]),
]

const FILES = [
  '.SH FILES',
  ...[
    [
      '/etc/quietcore/<profile>-variables.conf',
      'what a profile leaves to the administrator, as isolated_cores',
    ],
    ['/etc/quietcore/profiles', "the administrator's own profiles; they come before those of the package"],
    ['/etc/quietcore/suites.d', "the administrator's own measuring suites"],
    ['/usr/lib/quietcore', 'profiles and suites of the package'],
    ['/var/lib/quietcore', 'the journal of changes, and the kept runs'],
  ].flatMap(([path, meaning]) => ['.TP', `.I ${roff(path!)}`, line(meaning!)]),
]

function synopsis({ commands, arguments: args }: CommandReference): string {
  return ['[options]', ...(commands.length > 0 ? ['<command>'] : []), ...args.map(({ shown }) => shown)].join(
    ' ',
  )
}

function argument({ shown, description }: ArgumentReference): string[] {
  return ['.TP', `.I ${roff(shown)}`, line(description)]
}

function subcommand({ path, description }: CommandReference): string[] {
  return ['.TP', `.BR ${roff(path.join('-'))} (1)`, line(description)]
}

function option({ flags, value, description }: OptionReference): string[] {
  const names = flags.map((flag) => `\\fB${roff(flag)}\\fR`).join(', ')
  const choices = value?.choices.length ? [`One of ${value.choices.join(', ')}.`] : []
  return [
    '.TP',
    value ? `${names} \\fI${roff(value.shown)}\\fR` : names,
    line(description),
    ...choices.flatMap((text) => ['.br', line(text)]),
  ]
}

/** `Example:` and what is indented below it is a section of its own; other lines are paragraphs. */
function epilogue(text: string): string[] {
  const [first = '', ...rest] = text.split('\n')
  if (/^Examples?:$/.test(first))
    return ['.SH EXAMPLES', '.EX', ...rest.map((each) => line(each.trim())), '.EE']
  return text === ''
    ? []
    : [
        '.SH NOTES',
        ...text
          .split('\n')
          .flatMap((each) => ['.PP', line(each)])
          .slice(1),
      ]
}

function seeAlso({ path, commands }: CommandReference): string {
  const others = path.length > 1 ? [path.slice(0, -1)] : commands.map((each) => each.path)
  const pages = others.map((each) => each.join('-'))
  return pages.map((page, at) => `.BR ${roff(page)} (1)${at < pages.length - 1 ? ',' : ''}`).join('\n')
}

function uncapital(sentence: string): string {
  return `${sentence[0]?.toLowerCase() ?? ''}${sentence.slice(1)}`.replace(/\.$/, '')
}

/** Text of a line of its own: a dot or an apostrophe in front would be a request. */
function line(text: string): string {
  const safe = roff(text)
  return /^[.\\]/.test(safe) ? `\\&${safe}` : safe
}

/** groff_char(7): what would not print as itself. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
}
