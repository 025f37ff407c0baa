/**
 * Which keys of a flavor quietcore has set is written on the flavor itself, under a namespace of our own: nova takes
 * unknown namespaces as they are, and its filters pass over them. Unlike a file on one controller this is seen from
 * every controller, by every operator, and goes when the flavor goes.
 */
export const MARKER = 'quietcore:managed'

/** A value has at most 255 characters in nova; a long list goes on in `quietcore:managed.1`, `.2`, … */
const LONGEST = 255

/** The keys that quietcore has set on a flavor. */
export function managedKeys(specs: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set(
    [...specs]
      .filter(([key]) => isMarker(key))
      .flatMap(([, value]) => value.split(','))
      .map((key) => key.trim())
      .filter(Boolean),
  )
}

export function isMarker(key: string): boolean {
  return key === MARKER || key.startsWith(`${MARKER}.`)
}

/** The extra specs that remember these keys. */
export function markerSpecs(keys: Iterable<string>): Map<string, string> {
  const lines: string[] = []
  for (const key of [...keys].sort()) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + key.length <= LONGEST)
      lines[lines.length - 1] = `${last},${key}`
    else lines.push(key)
  }
  return new Map(lines.map((line, index) => [index === 0 ? MARKER : `${MARKER}.${index}`, line]))
}
