import { InputError } from '../../errors.ts'

/** One assignment of an oslo.config file, with its continuation lines. */
export interface Entry {
  /** as oslo.config matches it: `compute` for `[Compute]` */
  section: string
  key: string
  /** trimmed, outer quotes off, continuation lines joined by blanks, as far as quietcore compares it */
  value: string
  /** 1-based */
  line: number
  /** where its bytes lie in the text: from the start of its line to behind its last line end */
  start: number
  end: number
}

export interface SectionPlace {
  /** as oslo.config matches it */
  name: string
  line: number
  start: number
  /** behind the line of its header */
  bodyStart: number
  /** behind its last line that is no blank line and no comment: where a new option goes */
  insertAt: number
}

/** An oslo.config file seen from outside: nothing of it is changed or reordered. */
export interface Scanned {
  text: string
  /** every assignment in the sections asked for */
  entries: readonly Entry[]
  sections: readonly SectionPlace[]
  /** as the file's first line ends */
  lineEnd: '\n' | '\r\n'
}

/**
 * Reads an oslo.config file in one pass (the grammar of oslo_config/iniparser.py): `[section]`, `key = value` or
 * `key: value`, continuation lines that start with a blank, comments with # or ;. Only the sections asked for are
 * kept, so that a large file costs little. Section names count without case, as cfg.py _normalize_group_name has it.
 * @throws InputError `bad-nova-conf` with the line that oslo.config would stop at
 */
export function scanConf(text: string, wanted: ReadonlySet<string>, file: string): Scanned {
  const entries: Entry[] = []
  const sections: SectionPlace[] = []
  let section = ''
  let keep = false
  let place: SectionPlace | undefined
  let open: Entry | undefined
  let assigned = false
  let line = 0
  for (let start = 0; start < text.length; ) {
    line++
    const feed = text.indexOf('\n', start)
    const end = feed < 0 ? text.length : feed + 1
    const first = text.charCodeAt(start)
    if (first === HASH || first === SEMICOLON) {
      assigned = false
      open = undefined
    } else if (isBlankLine(text, start, end)) {
      assigned = false
      open = undefined
    } else if (first === SPACE || first === TAB) {
      if (!assigned) throw bad('a continuation line without an option before it', file, line)
      if (open && place) {
        open.value = `${open.value} ${text.slice(start, end).trim()}`.trim()
        open.end = end
      }
      if (place) place.insertAt = end
    } else if (first === BRACKET) {
      section = sectionName(text.slice(start, end), file, line)
      keep = wanted.has(section)
      place = { name: section, line, start, bodyStart: end, insertAt: end }
      sections.push(place)
      assigned = false
      open = undefined
    } else {
      open = undefined
      if (!place) throw bad('an option before any [section]', file, line)
      const split = separator(text, start, end)
      if (split < 0) throw bad("an option without '=' or ':'", file, line)
      const key = text.slice(start, split).trim()
      if (key === '') throw bad('a value without the name of an option', file, line)
      if (keep) {
        open = {
          section,
          key,
          value: unquote(text.slice(split + 1, end)),
          line,
          start,
          end,
        }
        entries.push(open)
      }
      assigned = true
      place.insertAt = end
    }
    start = end
  }
  return { text, entries, sections, lineEnd: lineEndOf(text) }
}

/** As the first line ends. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n'
}

const [HASH, SEMICOLON, BRACKET, SPACE, TAB] = [35, 59, 91, 32, 9]

function isBlankLine(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code !== SPACE && code !== TAB && code !== 10 && code !== 13 && code !== 11 && code !== 12)
      return false
  }
  return true
}

function separator(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 61 || code === 58) return at
  }
  return -1
}

function sectionName(raw: string, file: string, line: number): string {
  const text = raw.trimEnd()
  if (!text.endsWith(']') || text.length < 3) throw bad('a section that is not [name]', file, line)
  const name = text.slice(1, -1)
  return name === 'DEFAULT' ? name : name.toLowerCase()
}

function unquote(raw: string): string {
  const value = raw.trim()
  const quote = value[0]
  return value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote)
    ? value.slice(1, -1)
    : value
}

function bad(what: string, file: string, line: number): InputError {
  return new InputError({
    code: 'bad-nova-conf',
    message: `${what}; nova would not start with this file`,
    place: { file, line },
    next: 'Mend that line first. Nothing was changed.',
  })
}
