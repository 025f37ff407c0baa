import { entriesOf } from './edit.ts'
import { MANAGED, type OptionName, optionId, optionLabel } from './options.ts'
import { type Piece, putTogether, type TakenApart, takeApart } from './remember.ts'
import { scanConf } from './scan.ts'

/** How a file stood before quietcore wrote to it. */
export interface Before {
  pieces: readonly Piece[]
  lines: TakenApart['lines']
  ended: boolean
}

export interface RestoredText {
  text: string
  /** managed options that somebody else changed since, left alone */
  foreign: readonly string[]
}

/**
 * The text as it was before quietcore. Byte for byte when nothing but the managed options changed since; else only
 * those are put back, each in its place, and what others wrote stays.
 * @param wrote the lines of the managed options right after quietcore wrote; undefined when a crash hides them, and
 *   then whatever stands there is taken for ours
 * @param sameRest tells whether everybody else's part of the file is what it was
 */
export function restoreText(
  text: string,
  file: string,
  before: Before,
  wrote: TakenApart['lines'] | undefined,
  sameRest: (rest: string) => boolean,
): RestoredText {
  const now = takeApart(text, file)
  const changed = MANAGED.filter((option) => !same(linesOf(now.lines, option), linesOf(before.lines, option)))
  const foreign = wrote
    ? changed.filter((option) => !same(linesOf(now.lines, option), linesOf(wrote, option)))
    : []
  if (foreign.length === 0 && sameRest(now.rest)) {
    return { text: putTogether(now.rest, before.pieces, before.ended), foreign: [] }
  }
  const ours = changed.filter((option) => !foreign.includes(option))
  const restored = ours.reduce(
    (so, option) => putOneBack(so, file, option, linesOf(before.lines, option)),
    text,
  )
  return { text: dropNewHeaders(restored, file, before), foreign: foreign.map(optionLabel) }
}

function putOneBack(text: string, file: string, option: OptionName, lines: readonly string[]): string {
  const scanned = scanConf(text, new Set([option.section]), file)
  const entries = entriesOf(scanned, option.section, option.key)
  const whole = lines.map((line) => (line.endsWith('\n') ? line : line + scanned.lineEnd)).join('')
  const [first] = entries
  if (first) {
    const others = entries.slice(1).toReversed()
    const without = others.reduce((so, { start, end }) => so.slice(0, start) + so.slice(end), text)
    return without.slice(0, first.start) + whole + without.slice(first.end)
  }
  const place = scanned.sections.findLast(({ name }) => name === option.section)
  if (place) return text.slice(0, place.insertAt) + whole + text.slice(place.insertAt)
  return `${text}${scanned.lineEnd}[${option.section}]${scanned.lineEnd}${whole}`
}

/** Sections that are empty now and that no line of the earlier file stood in were made by quietcore. */
function dropNewHeaders(text: string, file: string, before: Before): string {
  const earlier = new Set(before.pieces.map((piece) => piece.text.trim()))
  const { rest, pieces, ended } = takeApart(text, file)
  return putTogether(
    rest,
    pieces.map((piece) => {
      const header = piece.text.trim()
      return header.startsWith('[') && !earlier.has(header) ? { ...piece, text: '' } : piece
    }),
    ended,
  )
}

function linesOf(lines: TakenApart['lines'], option: OptionName): readonly string[] {
  return lines[optionId(option)] ?? []
}

function same(a: readonly string[], b: readonly string[]): boolean {
  // The last line of a file may lack its end, before or after somebody added to the file.
  return a.length === b.length && a.every((line, index) => line.trimEnd() === b[index]!.trimEnd())
}
