import { effectiveValues, entriesOf, withLastLineEnd } from './edit.ts'
import { MANAGED, mayRepeat, type OptionName, optionId } from './options.ts'
import { lineEndOf, scanConf } from './scan.ts'

/** Text that was cut out of a file, and where in what is left it stood. */
export interface Piece {
  at: number
  text: string
}

/** A nova.conf taken apart: what quietcore may write, and the rest, which is everybody else's. */
export interface TakenApart {
  rest: string
  /** in the order of their places */
  pieces: readonly Piece[]
  /** the lines of each managed option as they are, by `section/key` */
  lines: Readonly<Record<string, readonly string[]>>
  /** managed sections that are there */
  sections: readonly string[]
  /** the last line has its line end; the parts always have it */
  ended: boolean
}

const SECTIONS: ReadonlySet<string> = new Set(MANAGED.map(({ section }) => section))

/**
 * Cuts the managed options out, with empty sections at the end: two texts that differ only in what quietcore writes leave the same rest, and a rest with its pieces is the text again.
 */
export function takeApart(given: string, file: string): TakenApart {
  const text = withLastLineEnd(given, lineEndOf(given))
  const scanned = scanConf(text, SECTIONS, file)
  const lines: Record<string, string[]> = {}
  const cuts: { start: number; end: number }[] = []
  for (const option of MANAGED) {
    const entries = entriesOf(scanned, option.section, option.key)
    lines[optionId(option)] = entries.map(({ start, end }) => text.slice(start, end))
    cuts.push(...entries)
  }
  cuts.sort((a, b) => a.start - b.start)
  const pieces: Piece[] = []
  let rest = ''
  let at = 0
  for (const { start, end } of cuts) {
    rest += text.slice(at, start)
    pieces.push({ at: rest.length, text: text.slice(start, end) })
    at = end
  }
  rest += text.slice(at)
  const sections = [...new Set(scanned.sections.map(({ name }) => name))].filter((name) => SECTIONS.has(name))
  return { ...withoutEmptyTail(text, rest, pieces), lines, sections, ended: text === given }
}

/** A new section goes to the end behind a blank line, so headers that end the rest that way are cut off, too. */
function withoutEmptyTail(text: string, rest: string, pieces: readonly Piece[]) {
  const lineEnd = lineEndOf(text)
  const headers = [...SECTIONS].map((name) => `[${name}]${lineEnd}`)
  let kept = rest
  for (let cut: string | undefined = ''; cut !== undefined; kept = kept.slice(0, kept.length - cut.length)) {
    cut = headers
      .map((header) => (kept === header ? header : lineEnd + header))
      .find((one) => kept.endsWith(one))
    if (cut === undefined) break
  }
  if (kept === rest) return { rest, pieces }
  const before = pieces.filter((piece) => piece.at < kept.length)
  const start = kept.length + before.reduce((sum, piece) => sum + piece.text.length, 0)
  return { rest: kept, pieces: [...before, { at: kept.length, text: text.slice(start) }] }
}

/** The text that was taken apart. */
export function putTogether(rest: string, pieces: readonly Piece[], ended: boolean): string {
  let text = ''
  let from = 0
  for (const { at, text: piece } of pieces) {
    text += rest.slice(from, at) + piece
    from = at
  }
  const whole = text + rest.slice(from)
  return ended ? whole : whole.replace(/\r?\n$/, '')
}

/** The values of every managed option that is set, as nova reads them. */
export function managedValues(text: string, file: string): Map<string, readonly string[]> {
  const scanned = scanConf(text, SECTIONS, file)
  return new Map(
    MANAGED.map((option): [string, string[]] => [
      optionId(option),
      effectiveValues(scanned, option.section, option.key),
    ]),
  )
}

/** The managed options of a file as one text, for showing and comparing: those that are set, in a fixed order. */
export function renderManaged(values: ReadonlyMap<string, readonly string[]>): string {
  return MANAGED.flatMap((option: OptionName) => {
    const given = values.get(optionId(option)) ?? []
    return (mayRepeat(option) ? given : given.slice(-1)).map(
      (value) => `[${option.section}] ${option.key} = ${value}\n`,
    )
  }).join('')
}
