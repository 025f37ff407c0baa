import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import type { EthtoolGroup } from '../knobs/ethtool-output.ts'
import { chosenDevices, udevWarnings } from './devices.ts'
import type { Machine, SettingKind } from './kind.ts'
import { channelsFor } from './net-channels.ts'
import { ethtoolParameters } from './net-parameters.ts'
import { bound, liveSetting, optionOf, optionWarnings, unsupportedSetting } from './section.ts'

const GROUPS: readonly EthtoolGroup[] = ['features', 'coalesce', 'pause', 'ring', 'channels']
const HASHSIZE = '/sys/module/nf_conntrack/parameters/hashsize'
/** Options with a file for each device in /sys/class/net. */
const FILES: Readonly<Record<string, string>> = { txqueuelen: 'tx_queue_len', mtu: 'mtu' }

/**
 * `[net]`: network devices (not virtual ones) that `devices=` chooses, through ethtool(8) and sysfs.
 *
 * @example
 * [net]
 * devices=ens1f*
 * channels=combined 2
 * coalesce=adaptive-rx off rx-usecs 0
 */
export const net: SettingKind = {
  type: 'net',
  settings(unit, machine) {
    const known = [...GROUPS, ...Object.keys(FILES), 'wake_on_lan', 'nf_conntrack_hashsize', 'dynamic']
    const warnings = [...optionWarnings(unit, known), ...udevWarnings(unit)]
    // Read before any device is looked for: a wrong value is wrong on every machine.
    const groups = GROUPS.flatMap((group) => {
      const option = optionOf(unit, group)
      return option === undefined ? [] : [{ group, parameters: ethtoolParameters(group, option) }]
    })
    const devices = chosenDevices(unit, physicalDevices(machine))
    return {
      settings: [
        ...hashsize(unit, machine),
        ...devices.flatMap((device) => deviceSettings(unit, device, groups, machine)),
      ],
      warnings,
    }
  },
}

interface Group {
  group: EthtoolGroup
  parameters: Map<string, string>
}

function deviceSettings(unit: Unit, device: string, groups: readonly Group[], machine: Machine): Setting[] {
  return [
    ...groups.flatMap(({ group, parameters }) => {
      const fitting = group === 'channels' ? channelsFor(device, parameters, machine.ports) : parameters
      return [...fitting].map(([parameter, want]) => ethtoolSetting(unit, device, group, parameter, want))
    }),
    ...Object.keys(FILES).flatMap((name) => {
      const option = optionOf(unit, name)
      if (option === undefined) return []
      const { want, compare } = bound(option)
      return [liveSetting(unit, `/sys/class/net/${device}/${FILES[name]}`, want, compare)]
    }),
    ...wakeOnLan(unit, device),
  ]
}

function ethtoolSetting(
  unit: Unit,
  device: string,
  group: EthtoolGroup,
  parameter: string,
  want: string,
): Setting {
  return {
    id: `net:${device}:${group}:${parameter}`,
    section: unit.name,
    target: `${device} ${group} ${parameter}`,
    want,
    effect: 'now',
    compare: 'text',
    knob: { knob: 'ethtool', device, group, parameter },
  }
}

/** `0` is an old way to write `d`, disabled (ethtool(8)). */
function wakeOnLan(unit: Unit, device: string): Setting[] {
  const option = optionOf(unit, 'wake_on_lan')
  if (option === undefined) return []
  return [ethtoolSetting(unit, device, 'wol', 'wol', option.value.trim().replaceAll('0', 'd'))]
}

function hashsize(unit: Unit, { ports: { root } }: Machine): Setting[] {
  const option = optionOf(unit, 'nf_conntrack_hashsize')
  if (option === undefined) return []
  const { want, compare } = bound(option)
  return root.exists(HASHSIZE)
    ? [liveSetting(unit, HASHSIZE, want, compare)]
    : [unsupportedSetting(unit, HASHSIZE, want, 'the module nf_conntrack is not loaded')]
}

/** Bridges, bonds, veth and lo have no hardware behind them: their device folder lies under /sys/devices/virtual. */
function physicalDevices({ ports: { root } }: Machine): string[] {
  return root
    .list('/sys/class/net')
    .filter((name) => root.realPath(`/sys/class/net/${name}`)?.includes('/virtual/') === false)
    .filter((name) => root.info(`/sys/class/net/${name}`)?.kind === 'directory')
}
