import type { KnobRef } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { ETHTOOL_OPTIONS, type EthtoolGroup, parseEthtool } from './ethtool-output.ts'
import { type Knob, type Reading, RefusedError } from './knob.ts'
import { lastLine } from './systemd.ts'

/** One parameter of a network device, as ethtool(8) names it. */
export interface EthtoolRef extends KnobRef {
  knob: 'ethtool'
  device: string
  group: EthtoolGroup
  /** `rx-usecs`, `gro`, `combined`, `wol` */
  parameter: string
}

const TIMEOUT_MS = 20_000
/** ethtool's answer when the value was there already. */
const NOTHING_TO_DO = 80

export const ethtool: Knob<EthtoolRef> = {
  name: 'ethtool',
  lifetime: 'boot',
  read: (ref, ports) => readParameter(ref, ports),
  capture(ref, ports) {
    const reading = readParameter(ref, ports)
    return 'have' in reading ? reading.have : null
  },
  write(ref, value, ports) {
    set(ref, String(value), ports)
    const reading = readParameter(ref, ports)
    return 'have' in reading ? reading.have : value
  },
  restore(ref, before, wrote, ports) {
    const reading = readParameter(ref, ports)
    if (!('have' in reading)) return { outcome: 'gone' }
    if (before === null || reading.have === before) return { outcome: 'unchanged' }
    if (wrote !== null && reading.have !== wrote) return { outcome: 'foreign', found: reading.have }
    set(ref, String(before), ports)
    return { outcome: 'restored' }
  },
}

function readParameter({ device, group, parameter }: EthtoolRef, { root, runner }: Ports): Reading {
  if (!root.live) return { unsupported: 'network devices belong to the running machine' }
  if (runner.find('ethtool') === undefined) return { unsupported: 'ethtool is not installed' }
  const result = runner.runSync(['ethtool', ...ETHTOOL_OPTIONS[group].show, device], {
    timeoutMs: TIMEOUT_MS,
  })
  if (result.exitCode !== 0) {
    return {
      unsupported: `${device} shows no ${group}: ${lastLine(result.stderr) || `ethtool ended with ${result.exitCode}`}`,
    }
  }
  const value = parseEthtool(group, result.stdout).get(parameter)
  if (value === undefined || value === 'n/a')
    return { unsupported: `the driver of ${device} has no ${parameter}` }
  if (value.endsWith('[fixed]'))
    return { unsupported: `the driver of ${device} does not let ${parameter} be changed (${value})` }
  return { have: value }
}

/** @throws RefusedError when the driver does not take the value */
function set({ device, group, parameter }: EthtoolRef, value: string, { runner }: Ports): void {
  const argv = ['ethtool', ETHTOOL_OPTIONS[group].set, device, parameter, value]
  const result = runner.runSync(argv, { timeoutMs: TIMEOUT_MS })
  if (result.exitCode === 0 || result.exitCode === NOTHING_TO_DO) return
  throw new RefusedError(
    `\`${argv.join(' ')}\`: ${lastLine(result.stderr) || `ended with ${result.exitCode}`}`,
  )
}
