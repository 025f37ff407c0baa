/**
 * How often a split of these values into two groups of those sizes at random has means as far apart as the two given:
 * the exact permutation test. Groups of 5 and 5 give 2/252 at the least.
 */
export function permutationP(a: readonly number[], b: readonly number[]): number {
  const all = [...a, ...b]
  const total = sum(all)
  const apart = (sumA: number) => Math.abs(sumA / a.length - (total - sumA) / b.length)
  const seen = apart(sum(a))
  const splits = subsetSums(all, a.length)
  // The sums of one group in another order differ by rounding.
  return splits.filter((one) => apart(one) >= seen * (1 - 1e-9)).length / splits.length
}

function subsetSums(values: readonly number[], size: number): number[] {
  if (size === 0) return [0]
  if (values.length < size) return []
  const [first = 0, ...rest] = values
  return [...subsetSums(rest, size - 1).map((one) => one + first), ...subsetSums(rest, size)]
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
