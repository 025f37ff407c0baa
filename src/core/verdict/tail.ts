/**
 * A tail estimate from block maxima: one maximum for each of many consecutive runs, in the order in which they ran.
 * Information only: a spike that comes once an hour is a mixture that no smooth tail foresees, so no verdict reads this
 * (Griffin and Burns, RTAS 2010; Silva, Arcaro, Oliveira, RTSS 2017; TailID, ECRTS 2025).
 */
import { gammaFunction } from './gamma.ts'

/** Below this the three L-moments scatter more than they tell. */
export const MIN_BLOCKS = 20
const EULER = 0.5772156649015329
/** two-sided 95 % of the normal distribution */
const Z95 = 1.96

export interface Gumbel {
  locationUs: number
  scaleUs: number
}

/** Hosking's sign of the shape: negative is a heavy tail without end, 0 is Gumbel, positive ends at a largest value. */
export interface Gev extends Gumbel {
  shape: number
}

export interface Assumption {
  name: 'blocks' | 'independence' | 'shape' | 'mixture' | 'resolution'
  holds: boolean
  message: string
}

export interface TailEstimate {
  blocks: number
  gumbel: Gumbel
  gev: Gev
  /** correlation of each block with the next */
  lag1: number
  assumptions: readonly Assumption[]
  /** value that one block in so many exceeds, us, by the GEV fit */
  returnLevels: readonly { blocks: number; us: number }[]
}

/** Fits by L-moments (Hosking, JRSS B 1990). null when the maxima do not differ or are fewer than three. */
export function estimateTail(maximaUs: readonly number[]): TailEstimate | null {
  const [l1, l2, t3] = lMoments(maximaUs)
  if (maximaUs.length < 3 || !(l2 > 0)) return null
  const scaleUs = l2 / Math.LN2
  const gumbel = { locationUs: l1 - EULER * scaleUs, scaleUs }
  const gev = fitGev(l1, l2, t3)
  const lag1 = autocorrelation(maximaUs)
  return {
    blocks: maximaUs.length,
    gumbel,
    gev,
    lag1,
    assumptions: check(maximaUs, gev, lag1),
    returnLevels: [100, 1000].map((blocks) => ({ blocks, us: quantile(gev, 1 - 1 / blocks) })),
  }
}

/** First two L-moments and L-skewness by unbiased probability-weighted moments. */
export function lMoments(values: readonly number[]): [l1: number, l2: number, t3: number] {
  const sorted = [...values].sort((a, b) => a - b)
  const n = sorted.length
  let [b0, b1, b2] = [0, 0, 0]
  for (const [i, value] of sorted.entries()) {
    b0 += value / n
    b1 += (value * i) / (n * (n - 1))
    b2 += (value * i * (i - 1)) / (n * (n - 1) * (n - 2))
  }
  const l2 = 2 * b1 - b0
  return [b0, l2, (6 * b2 - 6 * b1 + b0) / l2]
}

/** Hosking, Wallis and Wood, Technometrics 1985: the shape to 0.0009 for -0.5 < shape < 0.5. */
function fitGev(l1: number, l2: number, t3: number): Gev {
  const c = 2 / (3 + t3) - Math.LN2 / Math.log(3)
  const shape = 7.859 * c + 2.9554 * c * c
  if (Math.abs(shape) < 1e-6)
    return { locationUs: l1 - (EULER * l2) / Math.LN2, scaleUs: l2 / Math.LN2, shape: 0 }
  const gamma = gammaFunction(1 + shape)
  const scaleUs = (l2 * shape) / ((1 - 2 ** -shape) * gamma)
  return { locationUs: l1 - (scaleUs * (1 - gamma)) / shape, scaleUs, shape }
}

/** Value that is exceeded with probability 1 - p, us. */
export function quantile({ locationUs, scaleUs, shape = 0 }: Gumbel & { shape?: number }, p: number): number {
  const y = -Math.log(p)
  return locationUs + (shape === 0 ? -scaleUs * Math.log(y) : (scaleUs * (1 - y ** shape)) / shape)
}

function autocorrelation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  let [with_, own] = [0, 0]
  for (const [i, value] of values.entries()) {
    own += (value - mean) ** 2
    if (i > 0) with_ += (value - mean) * (values[i - 1]! - mean)
  }
  return own === 0 ? 0 : with_ / own
}

function check(maxima: readonly number[], gev: Gev, lag1: number): Assumption[] {
  const n = maxima.length
  const band = Z95 / Math.sqrt(n)
  // variance of the shape under Gumbel: 0.5633 / n (Hosking, Wallis and Wood 1985)
  const z = gev.shape * Math.sqrt(n / 0.5633)
  const sorted = [...maxima].sort((a, b) => a - b)
  // the largest held against a Gumbel fit of all the others
  const [l1, l2] = lMoments(sorted.slice(0, -1))
  const scaleUs = Math.max(l2, Number.EPSILON) / Math.LN2
  const surprise = -Math.expm1(-n * Math.exp(-(sorted.at(-1)! - (l1 - EULER * scaleUs)) / scaleUs))
  const distinct = new Set(maxima).size
  return [
    assumption(
      'blocks',
      n >= MIN_BLOCKS,
      `${n} blocks, ${MIN_BLOCKS} are the least that a fit can be made from`,
    ),
    assumption(
      'independence',
      Math.abs(lag1) <= band,
      `correlation of neighbours ${lag1.toFixed(2)}, within ±${band.toFixed(2)} if independent`,
    ),
    assumption(
      'shape',
      z > -Z95,
      `shape ${gev.shape.toFixed(3)}: ${z < -Z95 ? 'a heavy tail, without a largest value' : z > Z95 ? 'a tail that ends' : 'as Gumbel has it'}`,
    ),
    assumption(
      'mixture',
      surprise >= 0.01,
      `the largest, ${sorted.at(-1)} µs, had a chance of ${surprise.toPrecision(2)} given the others; below 0.01 it has a cause of its own`,
    ),
    assumption(
      'resolution',
      distinct >= Math.min(n, 10),
      `${distinct} different values among ${n}; in whole microseconds a narrow tail is a few steps`,
    ),
  ]
}

function assumption(name: Assumption['name'], holds: boolean, message: string): Assumption {
  return { name, holds, message }
}
