import type { Ports } from '../host/ports.ts'
import { parseEthtool } from '../knobs/ethtool-output.ts'

/**
 * A driver has either combined channels or separate ones for rx and tx; a wish for the kind that it lacks is turned
 * into the other: `combined 2` to rx 2 and tx 2, `rx 2 tx 4` to combined 4.
 */
export function channelsFor(
  device: string,
  wanted: Map<string, string>,
  { root, runner }: Ports,
): Map<string, string> {
  if (!root.live || runner.find('ethtool') === undefined) return wanted
  const result = runner.runSync(['ethtool', '-l', device], { timeoutMs: 20_000 })
  return result.exitCode === 0 ? translateChannels(wanted, parseEthtool('channels', result.stdout)) : wanted
}

export function translateChannels(
  wanted: ReadonlyMap<string, string>,
  current: ReadonlyMap<string, string>,
): Map<string, string> {
  const lacks = (name: string) => ['n/a', '0', undefined].includes(current.get(name))
  const { rx, tx, combined, ...others } = Object.fromEntries(wanted)
  if (combined !== undefined && lacks('combined') && !(lacks('rx') && lacks('tx'))) {
    return new Map(Object.entries({ rx: combined, tx: combined, ...others }))
  }
  if ((rx ?? tx) !== undefined && lacks('rx') && lacks('tx') && !lacks('combined')) {
    const most = Math.max(Number(rx ?? 0), Number(tx ?? 0))
    return new Map(Object.entries({ combined: String(most), ...others }))
  }
  return new Map(wanted)
}
