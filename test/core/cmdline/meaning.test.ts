import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compactCommandLine } from '../../../src/core/cmdline/compact.ts'
import { sameMeaning } from '../../../src/core/cmdline/meaning.ts'
import { parameterTexts } from '../../../src/core/cmdline/parse.ts'

describe('two parameters mean the same', () => {
  test.each([
    ['isolcpus=domain,managed_irq,2-3', 'isolcpus=managed_irq,domain,2,3'],
    ['isolcpus=2-3', 'isolcpus=domain,3,2'],
    ['rcu-nocbs=2-5', 'rcu_nocbs=2,3,4,5'],
    ['hugepagesz=1G hugepages=8', 'hugepagesz=1024M hugepages=8'],
    ['default_hugepagesz=1G', 'default_hugepagesz=1048576K'],
    ['nosoftlockup', 'nosoftlockup'],
    ['dyndbg="a b"', '"dyndbg=a b"'],
  ])('%s and %s', (a, b) => expect(sameMeaning(a, b)).toBe(true))

  test.each([
    ['isolcpus=managed_irq,2-3', 'isolcpus=2-3'],
    ['isolcpus=2-3', 'isolcpus=2-4'],
    ['nohz_full=2-3', 'rcu_nocbs=2-3'],
    ['hugepagesz=2M hugepages=8', 'hugepagesz=1G hugepages=8'],
    ['hugepages=8', 'hugepagesz=1G hugepages=8'],
    ['nosmt', 'nosmt=force'],
    ['rcu_nocbs=all', 'rcu_nocbs=0-3'],
  ])('but %s and %s do not', (a, b) => expect(sameMeaning(a, b)).toBe(false))

  test('whenever their CPUs and flags are equal as sets', () => {
    const cpus = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 40 })
    const flags = fc.subarray(['nohz', 'domain', 'managed_irq'], { minLength: 1 })
    fc.assert(
      fc.property(cpus, flags, (list, words) => {
        const one = `isolcpus=${[...words, ...list].join(',')}`
        const other = `isolcpus=${[...words.toReversed(), ...list.toReversed()].join(',')}`
        expect(sameMeaning(one, other)).toBe(true)
        expect(sameMeaning(compactCommandLine(one), other)).toBe(true)
        expect(sameMeaning(one, `isolcpus=${[...words, ...list, 201].join(',')}`)).toBe(false)
      }),
    )
  })
})

describe('cpulists inside a command line', () => {
  test('are made compact, and nothing else changes', () => {
    expect(
      compactCommandLine(
        ' skew_tick=1 isolcpus=managed_irq,domain,2,3,4 nohz_full=4,3,2,8  rcu_nocbs=all irqaffinity=0,1 x=1,2,3 isolcpus=2-31:2/4 isolcpus= -- 1,2',
      ),
    ).toBe(
      'skew_tick=1 isolcpus=managed_irq,domain,2-4 nohz_full=2-4,8 rcu_nocbs=all irqaffinity=0-1 x=1,2,3 isolcpus=2-31:2/4 isolcpus= -- 1,2',
    )
  })

  test('never grow, and no text makes it throw', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.constantFrom('', 'isolcpus=', 'nohz_full='),
        (text, name) => {
          const line = name + text
          const once = compactCommandLine(line)
          expect(once.length).toBeLessThanOrEqual(line.length + 3)
          expect(compactCommandLine(once)).toBe(once)
          expect(parameterTexts(once).length).toBe(parameterTexts(line).length)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
