import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPorts } from '../../src/engine/open-ports.ts'
import type { Ports } from '../../src/host/ports.ts'
import { ethtool } from '../../src/knobs/ethtool.ts'
import { parseEthtool } from '../../src/knobs/ethtool-output.ts'
import { machineDir } from '../support/machine-dir.ts'

const sample = (option: string) =>
  readFileSync(join(import.meta.dirname, `../fixtures/ethtool/virtio-net-${option}.txt`), 'utf8')

describe('what ethtool prints', () => {
  it('for coalescing: adaptive modes come apart, older names get the s that -C wants', () => {
    expect(Object.fromEntries(parseEthtool('coalesce', sample('c')))).toEqual({
      'adaptive-rx': 'off',
      'adaptive-tx': 'n/a',
      'stats-block-usecs': 'n/a',
      'sample-interval': 'n/a',
      'pkt-rate-low': 'n/a',
      'pkt-rate-high': 'n/a',
      'rx-usecs': '0',
      'rx-frames': '1',
      'rx-usecs-irq': 'n/a',
      'rx-frames-irq': 'n/a',
      'tx-usecs': '0',
      'tx-frames': '1',
      'tx-usecs-irq': 'n/a',
      'tx-frames-irq': 'n/a',
      'rx-usecs-low': 'n/a',
      'rx-frames-low': 'n/a',
      'tx-usecs-low': 'n/a',
      'tx-frames-low': 'n/a',
      'rx-usecs-high': 'n/a',
      'rx-frames-high': 'n/a',
      'tx-usecs-high': 'n/a',
      'tx-frames-high': 'n/a',
      'CQE mode RX': 'n/a  TX: n/a',
    })
  })

  it('for rings and channels: what is set counts, not the maximum', () => {
    const [maximum, current] = sample('g').split('Current hardware settings:')
    const ring = `${maximum}Current hardware settings:${current!.replaceAll('256', '128')}`
    expect([parseEthtool('ring', ring).get('rx'), parseEthtool('ring', ring).get('tx')]).toEqual([
      '128',
      '128',
    ])
    expect(Object.fromEntries(parseEthtool('channels', sample('l')))).toEqual({
      rx: 'n/a',
      tx: 'n/a',
      other: 'n/a',
      combined: '1',
    })
  })

  it('for features: short names as -K takes them, what is in force rather than what was asked', () => {
    const features = parseEthtool('features', sample('k'))
    expect(
      ['rx', 'tx', 'sg', 'tso', 'gso', 'gro', 'lro', 'tx-nocache-copy'].map((name) => features.get(name)),
    ).toEqual(['on [fixed]', 'on', 'on', 'on', 'on', 'on', 'off [fixed]', 'off'])
    expect(
      parseEthtool('features', 'Features for x:\ntx-tcp6-segmentation: off [requested on]\n').get(
        'tx-tcp6-segmentation',
      ),
    ).toBe('off')
  })

  it('for wake on LAN: the setting, not what is supported', () => {
    const text = 'Settings for x:\n\tSupports Wake-on: pumbg\n\tWake-on: g\n'
    expect(Object.fromEntries(parseEthtool('wol', text))).toEqual({ wol: 'g' })
  })
})

/** A network of its own, so that nothing of this machine's is touched. */
const canUnshare = spawnSync('unshare', ['--net', 'ethtool', '--version']).status === 0

describe.skipIf(!canUnshare)('a device in a network namespace (needs root and ethtool)', () => {
  let holder: ChildProcess
  let ports: Ports

  beforeAll(async () => {
    holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await new Promise((resolve) => holder.stdout!.once('data', resolve))
    const real = openPorts('/')
    const inside = (argv: readonly string[]) => ['nsenter', '--target', String(holder.pid), '--net', ...argv]
    ports = {
      ...real,
      runner: { ...real.runner, runSync: (argv, options) => real.runner.runSync(inside(argv), options) },
    }
  })
  afterAll(() => {
    holder.kill('SIGKILL')
  })

  const gro = { knob: 'ethtool', device: 'lo', group: 'features', parameter: 'gro' } as const

  it('takes a value, shows it, and gets its earlier one back', () => {
    const before = ethtool.capture(gro, ports) as string
    const wrote = ethtool.write(gro, 'off', ports) as string
    expect([before, wrote, ethtool.read(gro, ports)]).toEqual(['on', 'off', { have: 'off' }])
    expect(ethtool.restore(gro, before, wrote, ports)).toEqual({ outcome: 'restored' })
    expect(ethtool.read(gro, ports)).toEqual({ have: 'on' })
    expect(ethtool.restore(gro, before, wrote, ports)).toEqual({ outcome: 'unchanged' })
    expect(ethtool.restore(gro, 'off', 'off', ports)).toEqual({ outcome: 'foreign', found: 'on' })
  })

  it('says what it does not have and what its driver keeps', () => {
    expect(ethtool.read({ ...gro, parameter: 'rx' }, ports)).toEqual({
      unsupported: 'the driver of lo does not let rx be changed (on [fixed])',
    })
    expect(ethtool.read({ ...gro, parameter: 'frobnicate' }, ports)).toEqual({
      unsupported: 'the driver of lo has no frobnicate',
    })
    expect(ethtool.read({ ...gro, group: 'channels', parameter: 'combined' }, ports)).toEqual({
      unsupported: 'lo shows no channels: netlink error: Operation not supported',
    })
    expect(() => ethtool.write({ ...gro, group: 'coalesce', parameter: 'rx-usecs' }, '3', ports)).toThrow(
      expect.objectContaining({ name: 'RefusedError' }),
    )
  })
})

it('belongs to the running machine: under a root directory it is unsupported', () => {
  const { ports } = machineDir()
  const ref = { knob: 'ethtool', device: 'lo', group: 'features', parameter: 'gro' } as const
  expect(ethtool.read(ref, ports)).toEqual({ unsupported: 'network devices belong to the running machine' })
})
