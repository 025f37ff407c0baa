import type { KnobRef } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { type Knob, type Reading, RefusedError } from './knob.ts'
import { systemctl, systemdRuns } from './systemd.ts'

/** Whether a systemd unit runs now (`active`) or is started at boot (`enabled`). */
export interface SystemdUnitRef extends KnobRef {
  knob: 'systemd-unit'
  unit: string
  aspect: 'active' | 'enabled'
}

const VERBS: Readonly<Record<string, string>> = {
  active: 'start',
  inactive: 'stop',
  enabled: 'enable',
  disabled: 'disable',
}

/** States of is-active and is-enabled that count as one of the four words of a wish (systemctl(1)). */
const COUNTS_AS: Readonly<Record<string, string>> = {
  activating: 'active',
  reloading: 'active',
  failed: 'inactive',
  deactivating: 'inactive',
  'enabled-runtime': 'enabled',
}

export const systemdUnit: Knob<SystemdUnitRef> = {
  name: 'systemd-unit',
  // Starting at boot is a link on disk; a running unit is put back by `off` at any later time of the same boot.
  lifetime: 'disk',
  read: (ref, ports) => readState(ref, ports),
  capture(ref, ports) {
    const reading = readState(ref, ports)
    return 'have' in reading ? reading.have : null
  },
  write({ unit }, value, ports) {
    const verb = VERBS[String(value)]
    if (verb === undefined) throw new RefusedError(`systemctl has no verb that makes ${unit} '${value}'`)
    systemctl([verb, unit], ports)
    return value
  },
  restore(ref, before, wrote, ports) {
    const reading = readState(ref, ports)
    if (!('have' in reading)) return { outcome: 'gone' }
    if (reading.have === before) return { outcome: 'unchanged' }
    if (wrote !== null && reading.have !== wrote) return { outcome: 'foreign', found: reading.have }
    const verb = VERBS[String(before)]
    if (verb === undefined) return { outcome: 'foreign', found: reading.have }
    systemctl([verb, ref.unit], ports)
    return { outcome: 'restored' }
  },
}

function readState({ unit, aspect }: SystemdUnitRef, ports: Ports): Reading {
  if (!systemdRuns(ports)) return { unsupported: 'no systemd runs here that could be asked' }
  const shown = showProperties(
    systemctl(['show', '--property=LoadState,ActiveState,UnitFileState', unit], ports).stdout,
  )
  if (shown.get('LoadState') === 'not-found') return { unsupported: `there is no unit ${unit}` }
  const state = shown.get(aspect === 'active' ? 'ActiveState' : 'UnitFileState') ?? ''
  if (state === '') return { unsupported: `${unit} has no unit file, so it is neither enabled nor disabled` }
  return { have: COUNTS_AS[state] ?? state }
}

/** `systemctl show`: one `Name=value` a line. */
export function showProperties(text: string): Map<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
