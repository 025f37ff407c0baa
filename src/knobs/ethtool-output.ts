/** What ethtool(8) prints for -k, -c, -g, -l, -a and without an option, as parameter to value. */

export type EthtoolGroup = 'features' | 'coalesce' | 'ring' | 'channels' | 'pause' | 'wol'

/** Options of ethtool: the one that shows a group and the one that sets it. */
export const ETHTOOL_OPTIONS: Readonly<Record<EthtoolGroup, { show: string[]; set: string }>> = {
  features: { show: ['-k'], set: '-K' },
  coalesce: { show: ['-c'], set: '-C' },
  ring: { show: ['-g'], set: '-G' },
  channels: { show: ['-l'], set: '-L' },
  pause: { show: ['-a'], set: '-A' },
  wol: { show: [], set: '-s' },
}

/** Names that ethtool takes for features which it prints in long form (ethtool.c, off_flag_def). */
const SHORT_FEATURE: Readonly<Record<string, string>> = {
  'rx-checksumming': 'rx',
  'tx-checksumming': 'tx',
  'scatter-gather': 'sg',
  'tcp-segmentation-offload': 'tso',
  'udp-fragmentation-offload': 'ufo',
  'generic-segmentation-offload': 'gso',
  'generic-receive-offload': 'gro',
  'large-receive-offload': 'lro',
  'rx-vlan-offload': 'rxvlan',
  'tx-vlan-offload': 'txvlan',
  'ntuple-filters': 'ntuple',
  'receive-hashing': 'rxhash',
}

/** Labels of -g, -l and -a, and the words that -G, -L and -A take for them. */
const WORD: Readonly<Record<string, string>> = {
  RX: 'rx',
  TX: 'tx',
  'RX Mini': 'rx-mini',
  'RX Jumbo': 'rx-jumbo',
  Other: 'other',
  Combined: 'combined',
  Autonegotiate: 'autoneg',
  // -c of older versions drops the s that -C wants.
  'rx-frame-low': 'rx-frames-low',
  'rx-frame-high': 'rx-frames-high',
  'tx-frame-low': 'tx-frames-low',
  'tx-frame-high': 'tx-frames-high',
}

/** @returns parameter to value; a value ends with ` [fixed]` where the driver does not let it be changed */
export function parseEthtool(group: EthtoolGroup, text: string): Map<string, string> {
  const current = text.split(/^Current hardware settings:\s*$/m).at(-1)!
  const found = new Map<string, string>()
  for (const line of current.split('\n')) {
    const adaptive = /^Adaptive RX:\s*(\S+)\s+TX:\s*(\S+)/.exec(line.trim())
    if (adaptive) {
      found.set('adaptive-rx', adaptive[1]!).set('adaptive-tx', adaptive[2]!)
      continue
    }
    const colon = line.indexOf(':')
    const value = colon < 0 ? '' : inForce(line.slice(colon + 1))
    if (value === '') continue
    const label = line.slice(0, colon).trim()
    if (group === 'wol') {
      if (label === 'Wake-on') found.set('wol', value)
    } else {
      found.set((group === 'features' ? SHORT_FEATURE[label] : WORD[label]) ?? label, value)
    }
  }
  return found
}

/** `off [requested on]`: what is in force counts, not what was asked. */
function inForce(value: string): string {
  return value.trim().replace(/ \[requested \w+\]$/, '')
}
