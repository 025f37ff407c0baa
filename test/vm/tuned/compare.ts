import type { Snapshot } from './snapshot.ts'

/** One name that is not the same on the two machines; `(none)` where a machine has it not. */
export interface Difference {
  name: string
  tuned: string
  quietcore: string
}

/** Why a set of differences is right. `names` is one name, or a pattern of names that differ for one reason. */
export interface Explanation {
  names: string | RegExp
  /** the same for a reader */
  what: string
  /** what TuneD leaves there and what quietcore does, in plain words */
  tuned: string
  quietcore: string
  why: string
}

const NONE = '(none)'

/**
 * What differs between two tuned machines, each looked at after one boot of its disk or some: a name that is not the
 * same at all looks at one machine moves by itself and is left out. So is a program of user space that was not running
 * at every look.
 */
export function differences(
  tuned: readonly [Snapshot, ...Snapshot[]],
  ...quietcore: readonly [Snapshot, ...Snapshot[]]
): Difference[] {
  const all = [...tuned, ...quietcore]
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))].sort()
  return names
    .filter((name) => !/^task [^[]/.test(name) || all.every((one) => name in one))
    .filter((name) =>
      [tuned, quietcore].every(([first, ...more]) => more.every((one) => one[name] === first[name])),
    )
    .map((name) => ({ name, tuned: tuned[0][name] ?? NONE, quietcore: quietcore[0][name] ?? NONE }))
    .filter((one) => one.tuned !== one.quietcore)
}

/** Differences that nothing explains, and explanations that explain nothing: both are empty when all is said. */
export function unsettled(
  found: readonly Difference[],
  explained: readonly Explanation[],
): { unexplained: Difference[]; unneeded: string[] } {
  return {
    unexplained: found.filter((one) => !explained.some((known) => explains(known, one.name))),
    unneeded: explained
      .filter((known) => !found.some((one) => explains(known, one.name)))
      .map(({ names }) => String(names)),
  }
}

export function explains({ names }: Explanation, name: string): boolean {
  return typeof names === 'string' ? names === name : names.test(name)
}
