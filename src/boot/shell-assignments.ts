import type { Place } from '../core/errors.ts'
import { lineIndex } from './line-index.ts'
import { type Piece, readWord } from './shell-word.ts'

export interface ShellFile {
  path: string
  text: string
}

export interface ShellValues {
  /** the value of each variable after the last file, in pieces that know their place */
  variables: ReadonlyMap<string, readonly Piece[]>
  /** lines that set a variable asked for in a way that only running them could tell */
  notUnderstood: Place[]
}

const ASSIGNMENT = /(?:export[ \t]+)?([A-Za-z_]\w*)(\+?=)/y
const OPENS = new Set(['if', 'case', 'for', 'while', 'until', '{'])
const CLOSES = new Set(['fi', 'esac', 'done', '}'])
const CONTINUES = new Set(['then', 'else', 'elif', 'do'])

/**
 * Reads files of shell assignments (`/etc/default/grub`, `grub.d/*.cfg`) one after another without running them. An
 * assignment inside `if`, `case` or a loop, one with a command substitution, and a line that sources another file are
 * not guessed: they are in `notUnderstood` when they could concern one of the `wanted` variables.
 */
export function readAssignments(files: readonly ShellFile[], wanted: RegExp): ShellValues {
  const variables = new Map<string, readonly Piece[]>()
  const notUnderstood: Place[] = []
  for (const file of files) readFile(file, wanted, variables, notUnderstood)
  return { variables, notUnderstood }
}

function readFile(
  { path, text }: ShellFile,
  wanted: RegExp,
  variables: Map<string, readonly Piece[]>,
  notUnderstood: Place[],
): void {
  const source = { file: path, text, lineAt: lineIndex(text) }
  let at = 0
  let depth = 0
  const giveUp = (from: number) => notUnderstood.push({ file: path, line: source.lineAt(from) })
  while (at < text.length) {
    at = skip(text, at)
    const start = at
    ASSIGNMENT.lastIndex = at
    const assignment = ASSIGNMENT.exec(text)
    if (assignment) {
      const [, name, operator] = assignment
      const word = readWord(source, ASSIGNMENT.lastIndex, (one) => variables.get(one) ?? [])
      const end = word && endOfAssignment(text, word.end)
      if (word && end !== undefined && depth === 0) {
        variables.set(
          name!,
          operator === '+=' ? [...(variables.get(name!) ?? []), ...word.pieces] : word.pieces,
        )
      } else if (wanted.test(name!)) giveUp(start)
      at = end ?? endOfStatement(text, ASSIGNMENT.lastIndex)
      continue
    }
    const command = /[^\s;]*/y
    command.lastIndex = at
    const first = command.exec(text)![0]
    if (OPENS.has(first)) depth++
    if (CLOSES.has(first)) depth = Math.max(0, depth - 1)
    const end = CONTINUES.has(first) || first === '{' ? at + first.length : endOfStatement(text, at)
    const statement = text.slice(at, end)
    if (['.', 'source', 'eval', 'unset'].includes(first) || /\w\+?=/.test(statement)) {
      if (wanted.test(statement) || first === '.' || first === 'source' || first === 'eval') giveUp(start)
    }
    at = Math.max(end, at + 1)
  }
}

/** Past blanks, line ends, semicolons and comments. */
function skip(text: string, from: number): number {
  let at = from
  while (at < text.length && /[\s;#]/.test(text[at]!)) at = text[at] === '#' ? endOfLine(text, at) : at + 1
  return at
}

/** Where the next statement begins, when nothing but a further assignment follows; undefined before a command. */
function endOfAssignment(text: string, from: number): number | undefined {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  const next = text[at]
  if (next === undefined || next === '\n' || next === ';' || (next === '#' && at > from)) return at
  ASSIGNMENT.lastIndex = at
  return at > from && ASSIGNMENT.test(text) ? at : undefined
}

function endOfStatement(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const char = text[at]!
    if (char === '\\' && quote !== "'") at++
    else if (quote) quote = char === quote ? '' : quote
    else if (char === '"' || char === "'") quote = char
    else if (char === '\n' || char === ';') return at
  }
  return text.length
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
