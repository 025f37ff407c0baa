import type { Unit } from '../../src/core/profile/profile.ts'

const DIR = '/etc/quietcore/profiles/made'

/** A unit as the profile loader gives it: its header is line 1, its options follow in turn. */
export function unitOf(
  type: string,
  options: Readonly<Record<string, string>>,
  more: Partial<Unit> = {},
): Unit {
  const file = `${DIR}/profile.conf`
  return {
    name: type,
    type,
    priority: 0,
    enabled: true,
    devices: '*',
    options: new Map(
      Object.entries(options).map(([name, value], index) => [
        name,
        { value, raw: value, place: { file, line: index + 2 } },
      ]),
    ),
    place: { file, line: 1 },
    dir: DIR,
    ...more,
  }
}
