import { describe, expect, it } from 'vitest'
import { gammaFunction } from '../../../src/core/verdict/gamma.ts'
import { estimateTail, lMoments, quantile } from '../../../src/core/verdict/tail.ts'

/** The n quantiles of a Gumbel 20/3, shuffled by a small generator (Numerical Recipes' constants). */
function gumbelDraws(n: number): number[] {
  const draws = Array.from({ length: n }, (_, i) => quantile({ locationUs: 20, scaleUs: 3 }, (i + 0.5) / n))
  let seed = 7
  for (let i = n - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    const j = Math.floor((seed / 2 ** 32) * (i + 1))
    ;[draws[i], draws[j]] = [draws[j]!, draws[i]!]
  }
  return draws
}
const broken = (maxima: number[]) =>
  estimateTail(maxima)
    ?.assumptions.filter((one) => !one.holds)
    .map((one) => one.name)

it('the gamma function has the values of the tables', () => {
  expect([1, 0.5, 5, 1.1, -0.5].map((x) => Number(gammaFunction(x).toFixed(10)))).toEqual([
    1, 1.7724538509, 24, 0.9513507699, -3.5449077018,
  ])
})

it('L-moments of 1..5 are 3, 1 and 0', () => {
  expect(lMoments([5, 3, 1, 2, 4]).map((value) => Number(value.toFixed(12)))).toEqual([3, 1, 0])
})

describe('a tail', () => {
  it('of 1,000 Gumbel maxima gives back the parameters that made them, with all assumptions met', () => {
    const tail = estimateTail(gumbelDraws(1000))!
    expect({
      location: tail.gumbel.locationUs.toFixed(1),
      scale: tail.gumbel.scaleUs.toFixed(1),
      shape: Math.abs(tail.gev.shape) < 0.01,
      oneInThousand: Math.abs(tail.returnLevels[1]!.us - (20 - 3 * Math.log(-Math.log(0.999)))) < 0.6,
      broken: tail.assumptions.filter((one) => !one.holds),
    }).toEqual({ location: '20.0', scale: '3.0', shape: true, oneInThousand: true, broken: [] })
  })

  it('says which assumption a series breaks', () => {
    const draws = gumbelDraws(200)
    expect(broken(draws.slice(0, 10))).toContain('blocks')
    expect(broken([...draws].sort((a, b) => a - b))).toEqual(['independence'])
    expect(broken([...draws.slice(0, -1), 400])).toContain('mixture')
    expect(broken(draws.map((us) => Math.min(2, Math.floor(us / 20))))).toContain('resolution')
    expect(broken(draws.map((us) => Math.exp(us / 6)))).toContain('shape')
  })

  it('is not estimated from maxima that do not differ, or from two', () => {
    expect([estimateTail([7, 7, 7, 7]), estimateTail([7, 9]), estimateTail([])]).toEqual([null, null, null])
  })
})
