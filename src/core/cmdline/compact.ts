import { compactParameter } from './cpulist-value.ts'
import { parseCommandLine } from './parse.ts'

/** The line with each cpulist in compact form and single blanks; everything else as written. */
export function compactCommandLine(line: string): string {
  const { parameters, init } = parseCommandLine(line)
  return serialise({ texts: parameters.map(({ text }) => compactParameter(text)), init })
}

/** Parameters joined by single blanks, with what init gets after `--`. */
export function serialise(line: { texts: readonly string[]; init?: string }): string {
  return [...line.texts, ...(line.init ? ['--', line.init] : [])].join(' ')
}
