/** How nova reads words as booleans and integers: oslo.utils strutils.bool_from_string, Python's int(). */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'true', 'on', 'y', 'yes'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'false', 'off', 'n', 'no'])

/** What nova takes a word for when it boots: everything that is not a word for yes is no. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && TRUE.has(text.trim().toLowerCase())
}

/** A word that the API takes as a boolean (strict): yes or no in one of its spellings. */
export function isBooleanWord(text: string): boolean {
  const word = text.trim().toLowerCase()
  return TRUE.has(word) || FALSE.has(word)
}

/** Python's int(): blanks around, a sign, underscores between digits; undefined where it raises ValueError. */
export function pythonInt(text: string): number | undefined {
  const trimmed = text.trim()
  if (!/^[+-]?\d+(?:_\d+)*$/.test(trimmed)) return undefined
  return Number(trimmed.replaceAll('_', ''))
}
