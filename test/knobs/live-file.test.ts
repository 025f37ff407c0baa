import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/core/plan/compare.ts'
import { dirtyLimit } from '../../src/knobs/dirty-limit.ts'
import { irqAffinity } from '../../src/knobs/irq-affinity.ts'
import { liveFile } from '../../src/knobs/live-file.ts'
import { moduleParameter } from '../../src/knobs/module-parameter.ts'
import { asLive } from '../support/as-live.ts'
import { machineDir } from '../support/machine-dir.ts'

const THP = '/sys/kernel/mm/transparent_hugepage/enabled'
const SWAPPINESS = '/proc/sys/vm/swappiness'

const ref = (path: string, compare: Comparison = 'text') => ({ knob: 'live-file', path, compare }) as const

describe('a live file', () => {
  it('shows its text without the final line end, and says when this machine has none', () => {
    const { ports } = machineDir({ [SWAPPINESS]: '60\n' })
    expect(liveFile.read(ref(SWAPPINESS), ports)).toEqual({ have: '60' })
    expect(liveFile.read(ref('/sys/none'), ports)).toEqual({
      unsupported: '/sys/none is not on this machine',
    })
  })

  it('is put back byte for byte', () => {
    const { ports, read } = machineDir({ [SWAPPINESS]: '60\n' })
    const before = liveFile.capture(ref(SWAPPINESS), ports)
    const wrote = liveFile.write(ref(SWAPPINESS), '10', ports)
    expect([before, wrote, read(SWAPPINESS)]).toEqual(['60\n', { value: '10', shown: '10' }, '10\n'])
    expect(liveFile.restore(ref(SWAPPINESS), before as string, wrote as object as never, ports)).toEqual({
      outcome: 'restored',
    })
    expect(read(SWAPPINESS)).toBe('60\n')
  })

  it('is left alone when somebody else changed it since', () => {
    const { ports, read, write } = machineDir({ [SWAPPINESS]: '60\n' })
    const wrote = liveFile.write(ref(SWAPPINESS), '10', ports) as never
    write(SWAPPINESS, '33\n')
    expect(liveFile.restore(ref(SWAPPINESS), '60\n', wrote, ports)).toEqual({
      outcome: 'foreign',
      found: '33',
    })
    expect(read(SWAPPINESS)).toBe('33\n')
  })

  it('is put back whatever is there when a crash hides whether it was written', () => {
    const { ports, read } = machineDir({ [SWAPPINESS]: '10\n' })
    expect(liveFile.restore(ref(SWAPPINESS), '60\n', null, ports)).toEqual({ outcome: 'restored' })
    expect(read(SWAPPINESS)).toBe('60\n')
  })

  it('is unchanged when it has its earlier value already, and gone when it went away', () => {
    const { dir, ports } = machineDir({ [SWAPPINESS]: '60\n' })
    const wrote = { value: '10', shown: '10' }
    expect(liveFile.restore(ref(SWAPPINESS), '60\n', wrote, ports)).toEqual({ outcome: 'unchanged' })
    rmSync(join(dir, SWAPPINESS))
    expect(liveFile.restore(ref(SWAPPINESS), '60\n', wrote, ports)).toEqual({ outcome: 'gone' })
  })

  it('of brackets gets the chosen word back from the kernel, and its whole text back in a made machine', () => {
    const text = 'always [madvise] never\n'
    const { ports, read } = machineDir({ [THP]: 'always madvise [never]\n' })
    const wrote = { value: 'never', shown: 'always madvise [never]' }
    expect(liveFile.restore(ref(THP, 'bracketed'), text, wrote, asLive(ports))).toEqual({
      outcome: 'restored',
    })
    expect(read(THP)).toBe('madvise\n')
    expect(liveFile.restore(ref(THP, 'bracketed'), text, null, ports)).toEqual({ outcome: 'restored' })
    expect(read(THP)).toBe(text)
  })

  it('that the kernel shows in its own words is still known as ours', () => {
    const bias = '/sys/devices/system/cpu/cpu0/power/energy_perf_bias'
    const { ports, read } = machineDir({ [bias]: '0x0\n' })
    const wrote = { value: 'performance', shown: '0x0' }
    expect(liveFile.restore(ref(bias, 'text'), '6\n', wrote, ports)).toEqual({ outcome: 'restored' })
    expect(read(bias)).toBe('6\n')
  })
})

describe('the dirty limit', () => {
  const bytes = '/proc/sys/vm/dirty_bytes'
  const ratio = '/proc/sys/vm/dirty_ratio'
  const limit = { knob: 'dirty-limit', path: bytes, counterpart: ratio } as const

  it('keeps both faces, because writing one makes the kernel show 0 for the other', () => {
    const { ports, read, write } = machineDir({ [bytes]: '0\n', [ratio]: '20\n' })
    const before = dirtyLimit.capture(limit, ports) as never
    const wrote = dirtyLimit.write(limit, '1048576', ports) as never
    write(ratio, '0\n') // as the kernel does
    expect(dirtyLimit.restore(limit, before, wrote, ports)).toEqual({ outcome: 'restored' })
    expect([read(bytes), read(ratio)]).toEqual(['0\n', '20\n'])
  })

  it('writes only the face that was in force to a kernel, which refuses or misreads a 0', () => {
    const { ports, read, write } = machineDir({ [bytes]: '1048576\n', [ratio]: '0\n' })
    const before = { [bytes]: '0\n', [ratio]: '20\n' }
    const wrote = { value: '1048576', shown: '1048576' }
    expect(dirtyLimit.restore(limit, before, wrote, asLive(ports))).toEqual({ outcome: 'restored' })
    expect([read(bytes), read(ratio)]).toEqual(['1048576\n', '20\n'])
    write(bytes, '4096\n')
    expect(dirtyLimit.restore(limit, before, wrote, ports)).toEqual({ outcome: 'foreign', found: '4096' })
  })
})

describe('an interrupt', () => {
  const irq = { knob: 'irq-affinity', irq: 24 } as const
  const path = '/proc/irq/24/smp_affinity_list'

  it('keeps those of its CPUs that are allowed, gets all of them when none is, and just the list when told so', () => {
    const { ports, read, write } = machineDir({ [path]: '1-3\n' })
    irqAffinity.write(irq, '0-1', ports)
    expect(read(path)).toBe('1\n')
    write(path, '2-3\n')
    irqAffinity.write(irq, '0-1', ports)
    expect(read(path)).toBe('0-1\n')
    irqAffinity.write(irq, { exactly: '0,2' }, ports)
    expect(read(path)).toBe('0,2\n')
  })

  it('goes back to its own CPUs, unless it was moved since', () => {
    const { ports, read, write } = machineDir({ [path]: '1-3\n' })
    const wrote = irqAffinity.write(irq, '0-1', ports) as never
    expect(irqAffinity.restore(irq, '1-3\n', wrote, ports)).toEqual({ outcome: 'restored' })
    expect(read(path)).toBe('1-3\n')
    write(path, '3\n')
    expect(irqAffinity.restore(irq, '1-3\n', wrote, ports)).toEqual({ outcome: 'foreign', found: '3' })
  })

  it('without CPUs of its own is unsupported', () => {
    const { ports } = machineDir({ [path]: '\n' })
    expect(irqAffinity.read(irq, ports)).toEqual({
      unsupported: `irq 24 has no CPU affinity (${path} is empty)`,
    })
  })
})

describe('a module parameter', () => {
  const parameter = {
    knob: 'module-parameter',
    module: 'kvm-intel',
    parameter: 'ple_gap',
    compare: 'number',
  } as const

  it('is read as loaded, and says when its module is not or does not show it', () => {
    const { ports, write } = machineDir()
    expect(moduleParameter.read(parameter, ports)).toEqual({
      unsupported: 'the module kvm-intel is not loaded',
    })
    write('/sys/module/kvm_intel/refcnt', '0\n')
    expect(moduleParameter.read(parameter, ports)).toEqual({
      unsupported: "the module kvm-intel of this kernel does not show a parameter 'ple_gap'",
    })
    write('/sys/module/kvm_intel/parameters/ple_gap', '128\n')
    expect(moduleParameter.read(parameter, ports)).toEqual({ have: '128' })
  })
})
