import { InputError } from '../core/errors.ts'
import type { ProfileOption } from '../core/profile/profile.ts'
import type { EthtoolGroup } from '../knobs/ethtool-output.ts'
import { unquoted } from './section.ts'

/** What -C, -A, -G and -L take (ethtool(8)); -K takes the names of the driver's own features. */
const KNOWN: Readonly<Partial<Record<EthtoolGroup, readonly string[]>>> = {
  coalesce: [
    ...[
      'adaptive-rx',
      'adaptive-tx',
      'stats-block-usecs',
      'pkt-rate-low',
      'pkt-rate-high',
      'sample-interval',
    ],
    ...['rx', 'tx'].flatMap((way) =>
      ['usecs', 'frames'].flatMap((what) =>
        ['', '-irq', '-low', '-high'].map((when) => `${way}-${what}${when}`),
      ),
    ),
  ],
  pause: ['autoneg', 'rx', 'tx'],
  ring: ['rx', 'rx-mini', 'rx-jumbo', 'tx'],
  channels: ['rx', 'tx', 'other', 'combined'],
}

/**
 * `rx-usecs 3 tx-usecs 16`: names and values in turn, split by blanks, commas, colons or semicolons.
 * @throws InputError `bad-ethtool-parameters`
 */
export function ethtoolParameters(group: EthtoolGroup, option: ProfileOption): Map<string, string> {
  const words = unquoted(option.value)
    .split(/[\s,:;]+/)
    .filter(Boolean)
  if (words.length % 2 !== 0) throw bad(group, `'${words.at(-1)}' has no value`, option)
  const parameters = new Map<string, string>()
  for (let i = 0; i < words.length; i += 2) {
    const [name, value] = [words[i]!, words[i + 1]!]
    if (KNOWN[group]?.includes(name) === false)
      throw bad(group, `ethtool knows no ${group} parameter '${name}'`, option)
    parameters.set(name, value)
  }
  return parameters
}

function bad(group: EthtoolGroup, message: string, { place }: ProfileOption): InputError {
  return new InputError({
    code: 'bad-ethtool-parameters',
    message,
    place,
    next: `Write ${group}=NAME VALUE NAME VALUE.`,
  })
}
