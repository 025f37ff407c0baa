import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TOP } from './machine-of-units.ts'

const RULES = join(TOP, 'udev/90-quietcore.rules')
const TOUCH = '/bin/touch /run/quietcore/hotplug'

// a /run of its own, in which udev finds our rules; nothing is run by `udevadm test`
const IN_OWN_RUN = `
mount -t tmpfs run /run && mkdir -p /run/udev/rules.d && cp "$RULES" /run/udev/rules.d/
[ -z "$SERVICE" ] || mkdir /run/quietcore
exec udevadm test --action="$1" "$2"
`

const mayUnshare = spawnSync('unshare', ['-m', 'true']).status === 0
if (!mayUnshare) console.log('udev rules: skipped, this user may not make a mount namespace')

/** What udev says about an event of a device of this machine. */
function said(action: string, device: string, { service = true } = {}): string {
  const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-euc', IN_OWN_RUN, 'sh', action, device], {
    encoding: 'utf8',
    env: { ...process.env, RULES, SERVICE: service ? 'yes' : '' },
  })
  return stdout + stderr
}

function touches(action: string, device: string, options = {}): boolean {
  return said(action, device, options).split('\n').includes(`run: '${TOUCH}'`)
}

/** A device's path without /sys. */
function deviceOf(path: string): string {
  return realpathSync(path).replace('/sys', '')
}

describe.skipIf(!mayUnshare)('the udev rules', () => {
  const module = `/module/${readdirSync('/sys/module')[0]}`
  const pci = readdirSync('/sys/bus/pci/devices')[0]
  const nic = readdirSync('/sys/class/net').find(
    (name) => !deviceOf(`/sys/class/net/${name}`).includes('/virtual/'),
  )

  it('are read by udev without a complaint', () => {
    const about = said('online', '/devices/system/cpu/cpu0')
      .split('\n')
      .filter((line) => line.includes('90-quietcore.rules'))
    expect(about).toEqual([
      'Reading rules file: /run/udev/rules.d/90-quietcore.rules',
      expect.stringContaining(`RUN '${TOUCH}'`),
    ])
  })

  it('poke the service for a CPU that comes, and not for one that goes', () => {
    expect(touches('online', '/devices/system/cpu/cpu0')).toBe(true)
    expect(touches('offline', '/devices/system/cpu/cpu0')).toBe(false)
  })

  it('poke it for a module, a driver that takes a device, and a network card', () => {
    expect(touches('add', module)).toBe(true)
    expect(touches('remove', module)).toBe(false)
    if (pci) expect(touches('bind', deviceOf(`/sys/bus/pci/devices/${pci}`))).toBe(true)
    if (nic) expect(touches('add', deviceOf(`/sys/class/net/${nic}`))).toBe(true)
  })

  it('leave virtual devices alone', () => {
    expect(touches('add', '/devices/virtual/net/lo')).toBe(false)
  })

  it('start nothing on a machine without the service', () => {
    expect(touches('online', '/devices/system/cpu/cpu0', { service: false })).toBe(false)
  })
})

describe('the udev rules', () => {
  it('run nothing but a touch of one file', () => {
    expect(readFileSync(RULES, 'utf8').match(/RUN.*/g)).toEqual([`RUN+="${TOUCH}"`])
  })
})
