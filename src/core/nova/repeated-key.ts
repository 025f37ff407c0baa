/**
 * The first key that stands twice in one object of a JSON text; undefined when none does. JSON.parse keeps the last of
 * them and says nothing.
 * @param text JSON that JSON.parse took
 */
export function repeatedKey(text: string): string | undefined {
  /** one set of keys for each open object, undefined for each open list */
  const open: (Set<string> | undefined)[] = []
  // Strings as a whole, so that brackets and colons in them do not count; of the rest only what opens and closes.
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const key: string = JSON.parse(token.slice(0, -1))
      const keys = open.at(-1)
      if (keys?.has(key)) return key
      keys?.add(key)
    }
  }
  return undefined
}
