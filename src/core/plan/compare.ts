import { CpuSet } from '../cpu/cpu-set.ts'

/**
 * How a wanted value is held against what is there. The setting says which; it is never guessed from the text.
 * text: equal after trimming and folding white space (kernel vectors such as tcp_rmem).
 * number: equal as integers (decimal or 0x). boolean: 1/Y/on against 0/N/off.
 * cpulist: cpulists, or masks that start with 0x; equal as sets.
 * cpumask: kernel masks (groups of hex); equal as sets.
 * bracketed: have is `always madvise [never]`, the bracketed word counts (plain text counts as itself).
 * at-least, at-most: integers (TuneD's `>N`, `<N`). one-of: want is `a|b|c`.
 * within: every CPU of have is in want. bytes: equal to the last byte.
 */
export type Comparison =
  | 'text'
  | 'number'
  | 'boolean'
  | 'cpulist'
  | 'cpumask'
  | 'bracketed'
  | 'at-least'
  | 'at-most'
  | 'one-of'
  | 'within'
  | 'bytes'

/** True when `have` is as wanted. A value that the comparison cannot read is not as wanted. */
export function matches(comparison: Comparison, want: string, have: string): boolean {
  return COMPARE[comparison](want, have)
}

const TRUE = new Set(['1', 'y', 'yes', 'on', 'true'])
const FALSE = new Set(['0', 'n', 'no', 'off', 'false'])

const COMPARE: Record<Comparison, (want: string, have: string) => boolean> = {
  text: (want, have) => fold(want) === fold(have),
  number: (want, have) => integer(want) !== undefined && integer(want) === integer(have),
  boolean: (want, have) => truth(want) !== undefined && truth(want) === truth(have),
  cpulist: (want, have) => sameCpus(anyCpus(want), anyCpus(have)),
  cpumask: (want, have) => sameCpus(maskCpus(want), maskCpus(have)),
  bracketed: (want, have) => fold(want) === bracketedWord(have),
  'at-least': (want, have) => order(want, have, (w, h) => h >= w),
  'at-most': (want, have) => order(want, have, (w, h) => h <= w),
  'one-of': (want, have) => want.split('|').some((one) => fold(one) === bracketedWord(have)),
  within: (want, have) => {
    const [wanted, there] = [anyCpus(want), anyCpus(have)]
    return wanted !== undefined && there?.isSubsetOf(wanted) === true
  },
  bytes: (want, have) => want === have,
}

function fold(text: string): string {
  return text.trim().replace(/\s+/g, ' ')
}

/** The chosen word of `a [b] c`; plain text (a made machine, an older kernel) counts as itself. */
export function bracketedWord(text: string): string {
  return /\[([^\]]*)\]/.exec(text)?.[1] ?? fold(text)
}

function integer(text: string): bigint | undefined {
  return /^[+-]?(\d+|0x[0-9a-f]+)$/i.test(text.trim()) ? toBigInt(text.trim()) : undefined
}

function toBigInt(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace(/^\+/, ''))
}

function truth(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined
}

function order(want: string, have: string, holds: (want: bigint, have: bigint) => boolean): boolean {
  const [wanted, there] = [integer(want), integer(have)]
  return wanted !== undefined && there !== undefined && holds(wanted, there)
}

function anyCpus(text: string): CpuSet | undefined {
  return attempt(() => (/^\s*0x/i.test(text) ? CpuSet.parseMask(text) : CpuSet.parse(text)))
}

function maskCpus(text: string): CpuSet | undefined {
  return attempt(() => CpuSet.parseMask(text))
}

function attempt(parse: () => CpuSet): CpuSet | undefined {
  try {
    return parse()
  } catch {
    return undefined
  }
}

function sameCpus(a: CpuSet | undefined, b: CpuSet | undefined): boolean {
  return a !== undefined && b !== undefined && a.equals(b)
}
