import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { machineOfUnits, TOP, unitFile } from './machine-of-units.ts'

let root: string
beforeEach(() => {
  root = machineOfUnits()
})
afterEach(() => rmSync(root, { recursive: true }))

/** What `systemd-analyze verify` finds wrong with units and with all that they pull in; empty is good. */
function complaints(...units: string[]): string {
  const argv = ['verify', '--man=no', `--root=${root}`, ...units]
  const { stdout, stderr } = spawnSync('systemd-analyze', argv, { encoding: 'utf8' })
  return stdout + stderr
}

/** The lines of a unit that `key` matches. */
function said(unit: string, key: RegExp): string[] {
  return readFileSync(unitFile(root, unit), 'utf8')
    .split('\n')
    .filter((line) => key.test(line))
}

interface Finding {
  name: string
  exposure: string | null
}

function security(unit: string, ...options: string[]): string {
  const file = join(TOP, 'systemd', unit)
  const argv = ['security', '--offline=yes', '--no-pager', ...options, file]
  return execFileSync('systemd-analyze', argv, { encoding: 'utf8' })
}

function exposure(unit: string): number {
  return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(security(unit))?.[1])
}

describe('the units', () => {
  it('are understood by systemd, each of them and with its timer or path', () => {
    const instances = readdirSync(join(TOP, 'systemd'))
      .filter((name) => name.startsWith('quietcore'))
      .map((name) => name.replace('@', '@x'))
    expect(instances).toEqual([
      'quietcore-hotplug.path',
      'quietcore-hotplug.service',
      'quietcore-validate@x.service',
      'quietcore-validate@x.timer',
      'quietcore-verify.service',
      'quietcore-verify.timer',
      'quietcore.service',
    ])
    expect(complaints(...instances)).toBe('')
  })

  it('would be complained about with a word that systemd does not know', () => {
    const file = unitFile(root, 'quietcore.service')
    writeFileSync(file, readFileSync(file, 'utf8').replace('WatchdogSec=', 'WatchdogSecs='))
    expect(complaints('quietcore.service')).toContain("'WatchdogSecs' in section [Service]")
  })

  it('of a suite load only with a calendar, which the service gives', () => {
    expect(complaints('quietcore-validate@without.timer')).toContain('lacks value setting')
  })

  it('try again for ever what may be mended meanwhile, and never what is the same a second later', () => {
    expect(said('quietcore.service', /^(StartLimit|Restart).*=/)).toEqual([
      'StartLimitIntervalSec=0',
      'Restart=on-failure',
      'RestartSec=10s',
      'RestartPreventExitStatus=2',
    ])
  })

  it('have a measurement wait for all that the service precedes, because that starts the guests', () => {
    const guests = said('quietcore.service', /^Before=/).map((line) => line.replace('Before=', 'After='))
    expect(guests).toEqual([expect.stringContaining('libvirt-guests.service')])
    expect(said('quietcore-validate@.service', /^After=/)).toEqual([
      'After=quietcore.service sys-kernel-tracing.mount modprobe@msr.service',
      ...guests,
    ])
  })

  it('leave no more open than was measured for docs/service.md', () => {
    const units = ['quietcore', 'quietcore-validate@', 'quietcore-verify', 'quietcore-hotplug']
    const text = readFileSync(join(TOP, 'docs/service.md'), 'utf8')
    for (const unit of units) {
      const written = Number(new RegExp(`\\| \`${unit}\\.service\` \\| ([\\d.]+) \\|`).exec(text)?.[1])
      expect({ unit, exposure: exposure(`${unit}.service`) }).toEqual({ unit, exposure: written })
    }
    expect(exposure('quietcore.service')).toBeLessThanOrEqual(5)
  })

  it.each(['quietcore.service', 'quietcore-validate@.service'])(
    'explain in docs/service.md each hole that %s leaves open',
    (unit) => {
      const text = readFileSync(join(TOP, 'docs/service.md'), 'utf8')
      const findings = JSON.parse(security(unit, '--json=short')) as Finding[]
      const open = findings.filter(({ exposure: points }) => points !== null)
      expect(open.length).toBeGreaterThan(10)
      const unexplained = open
        .map(({ name }) => name)
        .filter((hole) => !text.includes(`\`${hole.replaceAll('|', '\\|')}\``))
      expect(unexplained).toEqual([])
    },
  )
})
