/** Lanczos coefficients for g = 7, n = 9 (Godfrey 2001): 15 digits for x > 0.5. */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

/** The gamma function for real x that is not 0 or a negative integer. */
export function gammaFunction(x: number): number {
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gammaFunction(1 - x))
  const t = x + 6.5
  const series = LANCZOS.reduce((sum, c, i) => (i === 0 ? c : sum + c / (x - 1 + i)), 0)
  return Math.sqrt(2 * Math.PI) * t ** (x - 0.5) * Math.exp(-t) * series
}
