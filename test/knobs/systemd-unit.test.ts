import { expect, it } from 'vitest'
import type { Ports, RunResult } from '../../src/host/ports.ts'
import { systemdUnit } from '../../src/knobs/systemd-unit.ts'
import { asLive } from '../support/as-live.ts'
import { machineDir } from '../support/machine-dir.ts'

/**
 * No systemd runs where these tests do, so its answers are played by this table of units, as `systemctl show` prints
 * them (systemctl(1)); a virtual machine has the real one.
 */
function systemd(units: Record<string, { ActiveState: string; UnitFileState: string }>) {
  const calls: string[] = []
  const changes: Record<string, [keyof (typeof units)[string], string]> = {
    start: ['ActiveState', 'active'],
    stop: ['ActiveState', 'inactive'],
    enable: ['UnitFileState', 'enabled'],
    disable: ['UnitFileState', 'disabled'],
  }
  const runSync = (argv: readonly string[]): RunResult => {
    const [, verb, ...rest] = argv
    const unit = units[rest.at(-1)!]
    calls.push(argv.slice(1).join(' '))
    const change = changes[verb!]
    if (change && unit) unit[change[0]] = change[1]
    const stdout = unit
      ? `LoadState=loaded\nActiveState=${unit.ActiveState}\nUnitFileState=${unit.UnitFileState}\n`
      : 'LoadState=not-found\nActiveState=inactive\nUnitFileState=\n'
    return { argv, exitCode: 0, signal: null, stdout, stderr: '', timedOut: false, durationMs: 1 }
  }
  const { ports } = machineDir({ '/run/systemd/system/.keep': '' })
  const live: Ports = asLive(ports, {
    runner: { ...ports.runner, find: () => '/usr/bin/systemctl', runSync },
  })
  return { live, units, calls }
}

const active = (unit: string) => ({ knob: 'systemd-unit', unit, aspect: 'active' }) as const
const enabled = (unit: string) => ({ knob: 'systemd-unit', unit, aspect: 'enabled' }) as const

it('a unit is stopped and disabled, and started and enabled again by the undo', () => {
  const { live, units, calls } = systemd({
    'ksm.service': { ActiveState: 'active', UnitFileState: 'enabled' },
  })
  const refs = [enabled('ksm.service'), active('ksm.service')]
  const before = refs.map((ref) => systemdUnit.capture(ref, live))
  const wrote = refs.map((ref, at) => systemdUnit.write(ref, ['disabled', 'inactive'][at]!, live))
  expect([before, wrote]).toEqual([
    ['enabled', 'active'],
    ['disabled', 'inactive'],
  ])
  expect(units['ksm.service']).toEqual({ ActiveState: 'inactive', UnitFileState: 'disabled' })
  refs.forEach((ref, at) => {
    expect(systemdUnit.restore(ref, before[at] as string, wrote[at] as string, live)).toEqual({
      outcome: 'restored',
    })
  })
  expect(units['ksm.service']).toEqual({ ActiveState: 'active', UnitFileState: 'enabled' })
  expect(calls.filter((call) => !call.startsWith('show'))).toEqual([
    'disable ksm.service',
    'stop ksm.service',
    'enable ksm.service',
    'start ksm.service',
  ])
})

it('a unit that somebody else started since is left alone; one that failed counts as not running', () => {
  const { live } = systemd({ 'a.service': { ActiveState: 'failed', UnitFileState: 'static' } })
  expect(systemdUnit.read(active('a.service'), live)).toEqual({ have: 'inactive' })
  expect(systemdUnit.restore(active('a.service'), 'inactive', 'active', live)).toEqual({
    outcome: 'unchanged',
  })
  expect(systemdUnit.read(enabled('a.service'), live)).toEqual({ have: 'static' })
  expect(systemdUnit.restore(enabled('a.service'), 'disabled', 'enabled', live)).toEqual({
    outcome: 'foreign',
    found: 'static',
  })
})

it('a unit that is not there, and a machine without systemd, are unsupported', () => {
  const { live } = systemd({})
  expect(systemdUnit.read(active('none.service'), live)).toEqual({
    unsupported: 'there is no unit none.service',
  })
  expect(systemdUnit.read(active('a.service'), machineDir().ports)).toEqual({
    unsupported: 'no systemd runs here that could be asked',
  })
})
