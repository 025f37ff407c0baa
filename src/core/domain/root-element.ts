import { doctype, notXml } from './xml-errors.ts'

/** Where the root element stands in a file. */
export interface RootPlace {
  start: number
  /** behind its last `>`; undefined when it does not end */
  end: number | undefined
}

/** What may stand around the root element, and inside it without being a tag. */
const SKIPPED: readonly { opens: string; closes: string }[] = [
  { opens: '<!--', closes: '-->' },
  { opens: '<?', closes: '?>' },
]

/**
 * Finds the root element, and that nothing but blanks, comments and processing instructions stands around it. Each
 * character is read once, however hostile the file is; names and attributes are for the parser.
 * @throws InputError `xml-doctype` for a DOCTYPE, wherever it stands; `not-xml`
 */
export function findRoot(text: string, file: string): RootPlace {
  const start = skipMisc(text, 0, file)
  if (text[start] !== '<') throw notXml(file, 'it does not begin with an element')
  const end = elementEnd(text, start, file)
  if (end !== undefined && skipMisc(text, end, file) !== text.length)
    throw notXml(file, 'there is not exactly one root element')
  return { start, end }
}

/** The first place from `at` on that is no blank, comment or processing instruction. */
function skipMisc(text: string, at: number, file: string): number {
  for (;;) {
    while (at < text.length && /[\s\ufeff]/.test(text[at]!)) at++
    const past = pastSkipped(text, at, file)
    if (past === undefined) break
    at = past
  }
  if (text.startsWith('<!', at)) throw doctype(file)
  return at
}

/** Behind the comment or processing instruction that begins at `at`; undefined where none does. */
function pastSkipped(text: string, at: number, file: string): number | undefined {
  const one = SKIPPED.find(({ opens }) => text.startsWith(opens, at))
  if (!one) return undefined
  const end = text.indexOf(one.closes, at + one.opens.length)
  if (end < 0) throw notXml(file, 'a comment or declaration does not end')
  return end + one.closes.length
}

function elementEnd(text: string, start: number, file: string): number | undefined {
  let depth = 0
  for (let at = start; at >= 0; at = text.indexOf('<', at)) {
    const past = pastSkipped(text, at, file)
    if (past !== undefined) {
      at = past
      continue
    }
    if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at)
      if (end < 0) return undefined
      at = end + 3
      continue
    }
    if (text.startsWith('<!', at)) throw doctype(file)
    const end = tagEnd(text, at)
    if (end === undefined) return undefined
    if (text[at + 1] === '/') depth--
    else if (text[end - 2] !== '/') depth++
    if (depth <= 0) return end
    at = end
  }
  return undefined
}

/** Behind the `>` of a tag; one inside quotes does not count. */
function tagEnd(text: string, from: number): number | undefined {
  let quote: string | undefined
  for (let at = from; at < text.length; at++) {
    const one = text[at]
    if (quote !== undefined) {
      if (one === quote) quote = undefined
    } else if (one === '"' || one === "'") quote = one
    else if (one === '>') return at + 1
  }
  return undefined
}
