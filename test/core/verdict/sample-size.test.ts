import { expect, it } from 'vitest'
import { ruleOfThree, samplesToCarry, samplesToClaim } from '../../../src/core/verdict/sample-size.ts'

it('a percentile needs 1/(1-p) samples to be carried and -ln(0.05)/(1-p) to be claimed at 95 %', () => {
  const of = (p: string) => [p, samplesToCarry(p), samplesToClaim(p)]
  // the exact ln(0.05)/ln(p), by Python: 5, 29, 299, 2995, 29956, 299572, 2995731, 3
  expect(['50', '90', '99', '99.9', '99.99', '99.999', '99.9999', '33.3'].map(of)).toEqual([
    ['50', 2, 5],
    ['90', 10, 29],
    ['99', 100, 299],
    ['99.9', 1000, 2995],
    ['99.99', 10_000, 29_957],
    ['99.999', 100_000, 299_573],
    ['99.9999', 1_000_000, 2_995_732],
    ['33.3', 2, 4],
  ])
})

it('twelve clean hours claim a quarter of an event an hour', () => {
  expect(ruleOfThree(12)).toBe(0.25)
})
