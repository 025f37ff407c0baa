import { canonicalName, parameterTexts } from './parse.ts'

/**
 * The command line of a profile's `cmdline*` options, joined in their order by TuneD's rules: `+x` and bare `x` append,
 * `-x` removes each of its words where they stand exactly so, `\+`, `\-` and `\\` at the start are literal.
 *
 * @example joinCommandLine(['quiet', '+isolcpus=2-3 nosmt', '-quiet']) // 'isolcpus=2-3 nosmt'
 */
export function joinCommandLine(values: Iterable<string>): string {
  let words: string[] = []
  for (const value of values) {
    const rest = value.slice(1).trim()
    if (value.startsWith('-')) {
      const gone = new Set(rest.split(/\s+/))
      words = words.filter((word) => !gone.has(word))
    } else {
      words.push(...parameterTexts(value.startsWith('+') || /^\\[\\+-]/.test(value) ? rest : value))
    }
  }
  return words.join(' ')
}

/** True for the options of a `[bootloader]` section that carry parameters: `cmdline`, `cmdline_realtime`, … */
export function isCommandLineOption(option: string): boolean {
  return canonicalName(option).startsWith('cmdline')
}
