import { ruleOf } from './parameter-table.ts'

/** `name=value` and what stands alone behind it and is made of a cpulist's characters: numbers, or a comma. */
const WITH_PIECES = /(?<!\S)([\w.-]+)(=[^\s"]*)((?:\s+(?:,|-(?=\s+\d)|(?=[,-]*\d)[\d,-]+))+)(?!\S)/g
/** Where a list goes on over a blank. A `5` without one of these is a parameter of its own (SysV runlevel). */
const SEAM = /[,-]\s+|\s+(?=[,-])/g

/**
 * The line without the blanks inside its cpulists, which would cut it there: `nohz_full=2-7, 34-39` →
 * `nohz_full=2-7,34-39`. Everything else stays as written.
 */
export function joinCpulists(line: string): string {
  return line.replace(WITH_PIECES, (whole, name: string) =>
    ruleOf(name).cpulist ? whole.replace(SEAM, (seam) => seam.trim()) : whole,
  )
}
