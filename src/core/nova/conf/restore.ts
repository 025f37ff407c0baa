import { entriesOf, withLastLineEnd } from './edit.ts'
import { MANAGED, type OptionName, optionId, optionLabel } from './options.ts'
import { type Piece, putTogether, type TakenApart, takeApart } from './remember.ts'
import { lineEndOf, scanConf } from './scan.ts'

/** How a file stood before quietcore wrote to it. */
export interface Before {
  pieces: readonly Piece[]
  lines: TakenApart['lines']
  sections: readonly string[]
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
  const whole = withLastLineEnd(text, lineEndOf(text))
  const restored = ours.reduce(
    (so, option) => putOneBack(so, file, option, linesOf(before.lines, option)),
    whole,
  )
  const tidy = dropNewHeaders(restored, file, before.sections)
  const unended = whole !== text && tidy.endsWith(lineEndOf(text))
  return { text: unended ? tidy.slice(0, -lineEndOf(text).length) : tidy, foreign: foreign.map(optionLabel) }
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

/** Sections that are empty now and were not there before were made by quietcore. */
function dropNewHeaders(text: string, file: string, earlier: readonly string[]): string {
  const { sections, lineEnd } = scanConf(text, new Set(), file)
  let result = text
  for (const [index, place] of [...sections.entries()].toReversed()) {
    const end = sections[index + 1]?.start ?? text.length
    const managed = MANAGED.some(({ section }) => section === place.name)
    if (!managed || earlier.includes(place.name) || text.slice(place.bodyStart, end).trim() !== '') continue
    const blank = result.slice(0, place.start).endsWith(lineEnd + lineEnd) ? lineEnd.length : 0
    result = result.slice(0, place.start - blank) + result.slice(place.bodyStart)
  }
  return result
}

function linesOf(lines: TakenApart['lines'], option: OptionName): readonly string[] {
  return lines[optionId(option)] ?? []
}

function same(a: readonly string[], b: readonly string[]): boolean {
  // The last line of a file may lack its end, before or after somebody added to the file.
  return a.length === b.length && a.every((line, index) => line.trimEnd() === b[index]!.trimEnd())
}
