/** Confidence of every claim here. */
export const CONFIDENCE = 0.95

/**
 * Samples below which a percentile is nothing but the maximum: 1/(1-p). p99.999 needs 100,000.
 * `percent` is the decimal text of the metric, so that 1/(1-0.99999) is not 100,000.0000006.
 */
export function samplesToCarry(percent: string): number {
  const [missing, whole] = missingPart(percent)
  return Number((whole + missing - 1n) / missing)
}

/**
 * Clean samples from which one may say, at 95 %, that the percentile is below its limit: -ln(0.05)/(1-p), which is the
 * exact ln(0.05)/ln(p) or up to two more. p99.999: 299,573. (Hahn and Meeker, Statistical Intervals: the sample size of
 * a one-sided tolerance bound.)
 */
export function samplesToClaim(percent: string): number {
  const [missing, whole] = missingPart(percent)
  return Math.floor((-Math.log(1 - CONFIDENCE) * Number(whole)) / Number(missing))
}

/**
 * Rule of three: no event in n trials (or hours) means, at 95 %, fewer than 3/n a trial (or an hour). -ln(0.05) is
 * 2.996 (Hanley and Lippman-Hand, JAMA 1983).
 */
export function ruleOfThree(trials: number): number {
  return 3 / trials
}

/** `99.999` to 1/100000 as integers: what lies above the percentile. */
function missingPart(percent: string): [missing: bigint, whole: bigint] {
  const [whole, fraction = ''] = percent.split('.')
  const scale = 10n ** BigInt(fraction.length)
  return [100n * scale - BigInt(whole! + fraction), 100n * scale]
}
