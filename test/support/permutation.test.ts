import { expect, it } from 'vitest'
import { permutationP } from './permutation.ts'

it.each([
  ['all of one above the other', [1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 2 / 252],
  ['the same values', [1, 2, 3], [1, 2, 3], 1],
  // sums of two of 1, 2, 3, 10: 3 4 5 11 12 13; as far from 8 as 3 are 3 and 13
  ['one pair of splits of six', [1, 2], [3, 10], 2 / 6],
  ['two pairs of them', [1, 3], [2, 10], 4 / 6],
])('the permutation test of %s', (_, a, b, p) => {
  expect(permutationP(a, b)).toBeCloseTo(p, 12)
})
