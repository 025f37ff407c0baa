import { describe, expect, test } from 'vitest'
import { cpulistFault } from '../../../src/core/cmdline/cpulist-value.ts'
import { joinCpulists } from '../../../src/core/cmdline/join-cpulists.ts'

describe('blanks inside a CPU list go', () => {
  test.each([
    ['isolcpus=managed_irq,domain,2-7, 34-39 quiet', 'isolcpus=managed_irq,domain,2-7,34-39 quiet'],
    ['nohz_full=2-7 ,34-39', 'nohz_full=2-7,34-39'],
    ['nohz_full=2-7 , 34-39', 'nohz_full=2-7,34-39'],
    ['isolcpus=2-7 - quiet', 'isolcpus=2-7 - quiet'],
    ['rcu-nocbs=2 - 7 , 9,\t11', 'rcu-nocbs=2-7,9,11'],
    ['irqaffinity=0, 1 nohz_full=2, 3', 'irqaffinity=0,1 nohz_full=2,3'],
  ])('%s', (line, joined) => {
    expect(joinCpulists(line)).toBe(joined)
  })

  test.each([
    // SysV runlevel
    'nohz_full=2-7 5',
    'nohz_full=2-7, quiet',
    'isolcpus= 2-7',
    'crashkernel=1G-4G:192M, 4-5',
    'xisolcpus=2, 3x nohz=on',
  ])('and nothing else does: %s', (line) => {
    expect(joinCpulists(line)).toBe(line)
  })
})

test.each([
  ['nohz_full=2-7', undefined],
  ['isolcpus=managed_irq,domain,2-7', undefined],
  ['isolcpus=nohz,domain,0-N:1/2,all', undefined],
  ['rcu_nocbs', undefined],
  ['5', undefined],
  ['quiet', undefined],
  ['nohz_full=2-7,', 'ends in a comma'],
  ['irqaffinity=', 'has no CPU'],
  ['isolcpus=domain,', 'has no CPU'],
  ['isolcpus=domain,"2-7"', 'is no CPU list that the kernel can read'],
  ['rcu_nocbs=0xfc', 'is no CPU list that the kernel can read'],
  ['isolcpus=domain', 'is no CPU list that the kernel can read'],
  ['34-39', 'looks like the rest of a CPU list'],
  [',34,36', 'looks like the rest of a CPU list'],
])('%s: %s', (text, fault) => {
  expect(cpulistFault(text)).toBe(fault)
})
