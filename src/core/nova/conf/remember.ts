import { effectiveValues, entriesOf, withLastLineEnd } from './edit.ts'
import { MANAGED, mayRepeat, type OptionName, optionId } from './options.ts'
import { type Scanned, type SectionPlace, scanConf } from './scan.ts'

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
  /** the last line has its line end; the parts always have it */
  ended: boolean
}

const SECTIONS: ReadonlySet<string> = new Set(MANAGED.map(({ section }) => section))

/**
 * Cuts the managed options out, with the headers of sections that hold nothing else: two texts that differ only in what quietcore writes leave the same rest, and a rest with its pieces is the text again.
 */
export function takeApart(given: string, file: string): TakenApart {
  const text = withLastLineEnd(given, scanConf(given, new Set(), file).lineEnd)
  const scanned = scanConf(text, SECTIONS, file)
  const lines: Record<string, string[]> = {}
  const cuts: { start: number; end: number }[] = []
  for (const option of MANAGED) {
    const entries = entriesOf(scanned, option.section, option.key)
    lines[optionId(option)] = entries.map(({ start, end }) => text.slice(start, end))
    cuts.push(...entries)
  }
  cuts.push(...emptyHeaders(scanned, cuts))
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
  return { rest, pieces, lines, ended: text === given }
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

/** Headers, with the blank line before them, of managed sections in which nothing but managed options stands. */
function emptyHeaders(scanned: Scanned, cuts: readonly { start: number; end: number }[]) {
  return scanned.sections.flatMap((place, index) => {
    if (!SECTIONS.has(place.name)) return []
    const next = scanned.sections[index + 1]
    const end = next
      ? next.start - (SECTIONS.has(next.name) ? blankBefore(next, scanned) : 0)
      : scanned.text.length
    const inside = cuts.filter(({ start }) => start >= place.bodyStart && start < end)
    const ours = inside.reduce((sum, cut) => sum + cut.end - cut.start, 0)
    return ours === end - place.bodyStart
      ? [{ start: place.start - blankBefore(place, scanned), end: place.bodyStart }]
      : []
  })
}

function blankBefore({ start }: SectionPlace, { text, lineEnd }: Scanned): number {
  const blank = lineEnd.length
  const isBlank =
    text.slice(start - 2 * blank, start) === lineEnd + lineEnd || text.slice(0, start) === lineEnd
  return isBlank ? blank : 0
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
