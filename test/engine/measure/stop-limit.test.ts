import { expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { Threshold } from '../../../src/core/verdict/verdict.ts'
import { stopLimit } from '../../../src/engine/measure/stop-limit.ts'

const CPUS = CpuSet.parse('2-3')

function max(limit: number, more: Partial<Threshold> = {}): Threshold {
  return { tool: 'cyclictest', metric: 'max', comparison: '<', limit, unit: 'us', origin: 'test', ...more }
}

test('without a threshold nothing ends early', () => {
  expect(stopLimit([], 'cyclictest', CPUS)).toBe(null)
})

test('the strictest limit of a CPU counts, and equal numbers are broken sooner by <', () => {
  expect(
    stopLimit([max(40, { comparison: '<=' }), max(20, { comparison: '<=' }), max(20)], 'cyclictest', CPUS),
  ).toEqual({
    comparison: '<',
    limitUs: 20,
  })
})

test('of several CPUs the loosest counts, because the tool stops on whichever CPU', () => {
  const limits = [max(20, { cpus: '2' }), max(60, { cpus: '3' })]
  expect(stopLimit(limits, 'cyclictest', CPUS)).toEqual({ comparison: '<', limitUs: 60 })
})

test('a CPU without a limit forbids an early end, wherever it stands', () => {
  expect(stopLimit([max(20, { cpus: '2' })], 'cyclictest', CPUS)).toBe(null)
  expect(stopLimit([max(20, { cpus: '3' })], 'cyclictest', CPUS)).toBe(null)
})

test('limits of other tools and other metrics are not meant; those of every tool are', () => {
  const limits = [max(5, { tool: 'oslat' }), max(9, { metric: 'p99' }), max(30, { tool: '*' })]
  expect(stopLimit(limits, 'cyclictest', CPUS)).toEqual({ comparison: '<', limitUs: 30 })
})
