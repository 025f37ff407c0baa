/**
 * What quietcore did to a flavor is written on the flavor itself, under a namespace of our own: nova takes unknown
 * namespaces as they are, and its filters pass over them. Unlike a file on one controller this is seen from every
 * controller, by every operator, and goes when the flavor goes.
 *
 * `hw:cpu_policy,hw:cpu_realtime_mask,hw:cpu_realtime_mask=^0;^2,hw:pmu=`: a key alone is one that quietcore has set, a
 * key with a value is how it was asked for with `--set` (nothing behind =: not wanted).
 */
export const MARKER = 'quietcore:managed'

/** How `--profile` is written there, where it is not the usual one. */
const PROFILE_KEY = 'quietcore:profile'

/** A value has at most 255 characters in nova; a long list goes on in `quietcore:managed.1`, `.2`, … */
const LONGEST = 255

/** What was asked for when quietcore last wrote to a flavor, beyond the usual profile. */
export interface Asked {
  /** extra specs that won over the profile's; an empty value: not wanted */
  set: ReadonlyMap<string, string>
  /** undefined: the usual one */
  profile?: string
}

export const NOTHING_ASKED: Asked = { set: new Map() }

/** The keys that quietcore has set on a flavor. */
export function managedKeys(specs: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set(entries(specs).filter((entry) => !entry.includes('=')))
}

/** What was asked for beyond the profile, so that a flavor is judged by what was applied to it. */
export function askedOf(specs: ReadonlyMap<string, string>): Asked {
  const pairs = entries(specs).flatMap((entry): [string, string][] => {
    const at = entry.indexOf('=')
    return at < 0 ? [] : [[entry.slice(0, at), unescaped(entry.slice(at + 1))]]
  })
  const profile = pairs.find(([key]) => key === PROFILE_KEY)?.[1]
  const set = new Map(pairs.filter(([key]) => key !== PROFILE_KEY))
  return { set, ...(profile === undefined ? {} : { profile }) }
}

export function isMarker(key: string): boolean {
  return key === MARKER || key.startsWith(`${MARKER}.`)
}

/** The extra specs that remember these keys and this wish. */
export function markerSpecs(
  keys: Iterable<string>,
  { set, profile }: Asked = NOTHING_ASKED,
): Map<string, string> {
  const wished = [...set, ...(profile === undefined ? [] : [[PROFILE_KEY, profile] as const])]
  const pairs = wished.map(([key, value]) => `${key}=${escaped(value)}`)
  const lines: string[] = []
  // What nova would not hold is not remembered, and then differs from the profile as before.
  for (const entry of [...keys, ...pairs].filter(({ length }) => length <= LONGEST).sort()) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + entry.length <= LONGEST)
      lines[lines.length - 1] = `${last},${entry}`
    else lines.push(entry)
  }
  return new Map(lines.map((line, index) => [index === 0 ? MARKER : `${MARKER}.${index}`, line]))
}

function entries(specs: ReadonlyMap<string, string>): string[] {
  return [...specs]
    .filter(([key]) => isMarker(key))
    .flatMap(([, value]) => value.split(','))
    .map((entry) => entry.trim())
    .filter(Boolean)
}

/** The comma splits entries, and masks are full of commas. */
function escaped(value: string): string {
  return value
    .replace(/[%;\s]/g, encodeURIComponent)
    .replaceAll(';', '%3B')
    .replaceAll(',', ';')
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll(';', ','))
  } catch {
    // Somebody else wrote a % there.
    return text
  }
}
