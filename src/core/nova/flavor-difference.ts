import { extraSpecOf } from './extra-spec-table.ts'
import { type Asked, isMarker, managedKeys, markerSpecs, NOTHING_ASKED } from './managed-keys.ts'
import { pageSizeKib } from './page-size.ts'
import { isBooleanWord, isTrue } from './python-values.ts'
import { NovaRefusal } from './refusal.ts'

/**
 * ok: as wanted. differs: there with another value. missing: not there.
 * stale: quietcore set it once and it is not wanted any more. foreign: somebody else's key; left alone.
 */
export type KeyState = 'ok' | 'differs' | 'missing' | 'stale' | 'foreign'

export interface KeyDifference {
  key: string
  /** null: not wanted */
  want: string | null
  /** null: not there */
  have: string | null
  state: KeyState
}

export interface FlavorDifference {
  keys: readonly KeyDifference[]
  /** what has to be written, the marker included */
  set: ReadonlyMap<string, string>
  /** keys that have to go */
  remove: readonly string[]
  /** the extra specs after that, without the marker */
  after: ReadonlyMap<string, string>
}

/**
 * What a flavor lacks of what is wanted. Values count as nova reads them: `yes` is `true`, `1GB` is
 * `1048576`.
 * @param asked what the marker is to remember of the wish
 */
export function flavorDifference(
  want: ReadonlyMap<string, string>,
  have: ReadonlyMap<string, string>,
  asked: Asked = NOTHING_ASKED,
): FlavorDifference {
  const ours = managedKeys(have)
  const keys = [
    ...[...want].map(([key, value]): KeyDifference => {
      const there = have.get(key)
      const state = there === undefined ? 'missing' : sameValue(key, value, there) ? 'ok' : 'differs'
      return { key, want: value, have: there ?? null, state }
    }),
    ...[...have].flatMap(([key, value]): KeyDifference[] =>
      want.has(key) || isMarker(key)
        ? []
        : [{ key, want: null, have: value, state: ours.has(key) ? 'stale' : 'foreign' }],
    ),
  ]
  const written = keys.filter(({ state }) => state === 'differs' || state === 'missing')
  const stale = keys.filter(({ state }) => state === 'stale').map(({ key }) => key)
  // A wanted key that was there before quietcore came is the operator's own: it is not ours to delete later.
  const managed = [...want.keys()].filter((key) => ours.has(key) || written.some((one) => one.key === key))
  const marker = markerSpecs(managed, asked)
  const set = new Map(written.map(({ key, want: value }) => [key, value!]))
  for (const [key, value] of marker) if (have.get(key) !== value) set.set(key, value)
  const remove = [...stale, ...[...have.keys()].filter((key) => isMarker(key) && !marker.has(key))]
  const after = new Map([...have, ...want].filter(([key]) => !isMarker(key) && !stale.includes(key)))
  return { keys, set, remove, after }
}

function sameValue(key: string, want: string, have: string): boolean {
  if (want === have) return true
  switch (extraSpecOf(key)?.value.kind) {
    case 'bool':
      return isBooleanWord(want) && isBooleanWord(have) && isTrue(want) === isTrue(have)
    case 'page-size':
      return sizeOf(want) !== undefined && sizeOf(want) === sizeOf(have)
    default:
      return false
  }
}

function sizeOf(text: string): number | undefined {
  try {
    return pageSizeKib(text)
  } catch (error) {
    if (error instanceof NovaRefusal) return undefined
    throw error
  }
}
