/**
 * The few places where TuneD's language is Python's: what is white space, a word character, an integer.
 * JavaScript's `\s` and `trim` also take U+FEFF, its `\w` knows ASCII only.
 */

const EDGE_SPACE = /[^\S\ufeff]/

/** str.strip() */
export function strip(text: string): string {
  let start = 0
  while (start < text.length && EDGE_SPACE.test(text[start]!)) start++
  return stripEnd(text.slice(start))
}

/** str.rstrip() */
export function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && EDGE_SPACE.test(text[end - 1]!)) end--
  return text.slice(0, end)
}

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && EDGE_SPACE.test(character)
}

/** `\w+` over the whole text: what a variable or a function may be called. */
export function isWord(text: string): boolean {
  return /^[\p{L}\p{N}_]+$/u.test(text)
}

/** int(text): sign, white space and single underscores between digits are fine; undefined where Python raises. */
export function pythonInt(text: string): number | undefined {
  const match = /^([+-]?)(\d+(?:_\d+)*)$/.exec(strip(text))
  if (!match) return undefined
  const value = Number(match[2]!.replaceAll('_', ''))
  return match[1] === '-' ? 0 - value : value
}
