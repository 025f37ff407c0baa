/** One parameter of a kernel command line, in the place where it stands. */
export interface Parameter {
  /** as written; compare names with `sameName` (`-` and `_` are equal to the kernel) */
  name: string
  /** without the quotes that the kernel takes away; undefined for a flag such as `nosoftlockup` */
  value: string | undefined
  /** as written, quotes included */
  text: string
}

export interface CommandLine {
  parameters: Parameter[]
  /** what follows `--`: the kernel hands it to init and does not read it */
  init: string
}

/** isspace() of the C locale. */
const BLANK = new Set([' ', '\t', '\n', '\v', '\f', '\r'])

/**
 * Splits a command line as the kernel does (lib/cmdline.c next_arg, kernel/params.c parse_args): double quotes hold
 * blanks together, there is no escape, `--` ends the kernel's parameters. Every text can be read.
 */
export function parseCommandLine(text: string): CommandLine {
  const parameters: Parameter[] = []
  let at = skipBlanks(text, 0)
  while (at < text.length) {
    const end = endOfParameter(text, at)
    const parameter = parseParameter(text.slice(at, end))
    at = skipBlanks(text, end)
    if (parameter.name === '--' && parameter.value === undefined) {
      return { parameters, init: text.slice(at).trimEnd() }
    }
    parameters.push(parameter)
  }
  return { parameters, init: '' }
}

/** The texts of the kernel's parameters, in order. */
export function parameterTexts(line: string): string[] {
  return parseCommandLine(line).parameters.map(({ text }) => text)
}

/** One parameter without blanks outside quotes: `isolcpus=2-3`, `dyndbg="file x +p"`. */
export function parseParameter(text: string): Parameter {
  const quoted = text.startsWith('"')
  let body = quoted ? text.slice(1) : text
  // The kernel's counter starts at 0 and 0 means "none yet": a leading `=` belongs to the name.
  const equals = body.indexOf('=', 1)
  if (quoted && body.endsWith('"') && !(equals >= 0 && body[equals + 1] === '"')) body = body.slice(0, -1)
  if (equals < 0) return { name: body, value: undefined, text }
  let value = body.slice(equals + 1)
  if (value.startsWith('"')) {
    value = value.slice(1)
    if (value.endsWith('"')) value = value.slice(0, -1)
  }
  return { name: body.slice(0, equals), value, text }
}

/** `rcu-nocbs` and `rcu_nocbs` name one parameter (kernel/params.c parameq). */
export function sameName(a: string, b: string): boolean {
  return canonicalName(a) === canonicalName(b)
}

export function canonicalName(name: string): string {
  return name.replaceAll('-', '_')
}

/** Every parameter text with its offset in the line; `--` and what follows it included. */
export function parameterPositions(line: string): { text: string; from: number }[] {
  const found: { text: string; from: number }[] = []
  let from = -1
  let inQuotes = false
  for (let at = 0; at <= line.length; at++) {
    const blank = at === line.length || (!inQuotes && BLANK.has(line[at]!))
    if (blank && from >= 0) {
      found.push({ text: line.slice(from, at), from })
      from = -1
    } else if (!blank && from < 0) from = at
    if (line[at] === '"') inQuotes = !inQuotes
  }
  return found
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && BLANK.has(text[at]!)) at++
  return at
}

function endOfParameter(text: string, from: number): number {
  let inQuotes = false
  let at = from
  while (at < text.length && (inQuotes || !BLANK.has(text[at]!))) {
    if (text[at] === '"') inQuotes = !inQuotes
    at++
  }
  return at
}
