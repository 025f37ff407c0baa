import { mayRepeat, type OptionValues } from './options.ts'
import { type Entry, lineEndOf, type Scanned, scanConf } from './scan.ts'

/** Replaces the characters from `start` to `end` by `text`. */
interface Splice {
  start: number
  end: number
  text: string
  /** of several at one place, the lowest comes first: new sections come last */
  rank: number
}

/** How oslo.config joins an option's lines: all of one that may be repeated, else the last. */
export function effectiveValues(scanned: Scanned, section: string, key: string): string[] {
  const entries = entriesOf(scanned, section, key)
  if (mayRepeat({ section, key })) return entries.map(({ value }) => value)
  return entries.length === 0 ? [] : [entries.at(-1)!.value]
}

/** The assignments of one option, in their order; of several files, in the order in which nova reads them. */
export function entriesOf<One extends Entry>(
  { entries }: { entries: readonly One[] },
  section: string,
  key: string,
): One[] {
  return entries.filter((entry) => entry.section === section && entry.key === key)
}

/**
 * The text with these options set and every other byte as it was: comments, order, blank lines, earlier lines of an
 * option that is given twice (of which nova reads the last). A new option goes behind the last one of its section, a
 * new section to the end of the file.
 */
export function editConf(text: string, options: readonly OptionValues[], file: string): string {
  const lineEnd = lineEndOf(text)
  // A missing last line end is added for the edit and taken off again after it, unless a blank line is last now.
  const ended = withLastLineEnd(text, lineEnd)
  const edited = editEnded(ended, options, file)
  const cut = edited.slice(0, -lineEnd.length)
  return ended === text || cut.endsWith('\n') ? edited : cut
}

export function withLastLineEnd(text: string, lineEnd: string): string {
  return text === '' || text.endsWith('\n') ? text : text + lineEnd
}

function editEnded(text: string, options: readonly OptionValues[], file: string): string {
  const scanned = scanConf(text, new Set(options.map(({ section }) => section)), file)
  const splices: Splice[] = []
  const missing = new Map<string, string[]>()
  for (const option of options) {
    const entries = entriesOf(scanned, option.section, option.key)
    if (entries.length > 0) splices.push(...replace(option, entries, scanned))
    else if (option.values.length > 0) {
      const lines = option.values.map((value) => line(option.key, value, scanned))
      missing.set(option.section, [...(missing.get(option.section) ?? []), ...lines])
    }
  }
  for (const [section, lines] of missing) splices.push(insert(section, lines.join(''), scanned))
  return splice(text, splices)
}

function line(key: string, value: string, { lineEnd }: Scanned): string {
  return `${key} = ${value}${lineEnd}`
}

function replace(option: OptionValues, entries: readonly Entry[], scanned: Scanned): Splice[] {
  const repeated = mayRepeat(option)
  // An earlier line of an option that counts once does nothing, unless the last one goes: then it would come to life.
  const touched = repeated || option.values.length === 0 ? entries : entries.slice(-1)
  return touched.map(({ start, end, line: _, ...entry }, index): Splice => {
    const last = index === touched.length - 1
    const values = last ? option.values.slice(index) : option.values.slice(index, index + 1)
    const same = values.length === 1 && values[0] === entry.value
    if (same) return { start, end, text: scanned.text.slice(start, end), rank: 0 }
    return { start, end, text: values.map((value) => line(option.key, value, scanned)).join(''), rank: 0 }
  })
}

function insert(section: string, lines: string, { text, sections, lineEnd }: Scanned): Splice {
  const place = sections.findLast(({ name }) => name === section)
  if (place) return { start: place.insertAt, end: place.insertAt, text: lines, rank: 0 }
  const header = `${text === '' ? '' : lineEnd}[${section}]${lineEnd}`
  return { start: text.length, end: text.length, text: header + lines, rank: 1 }
}

/** Applies splices that do not overlap; of insertions at one place by rank, then as given. */
function splice(text: string, splices: readonly Splice[]): string {
  const ordered = splices
    .map((one, index) => ({ ...one, index }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.rank - b.rank || a.index - b.index)
  let result = ''
  let at = 0
  for (const { start, end, text: replacement } of ordered) {
    result += text.slice(at, start) + replacement
    at = end
  }
  return result + text.slice(at)
}
