import type { FindingList } from './findings.ts'
import type { CpuMeasurement } from './measurement.ts'
import { rtlaValue } from './rtla-notes.ts'

const ROW = /^(\d{1,5}|ALL) #(\d{1,15})\s+(.*)$/
const CONTEXTS = ['irq', 'thread', 'user'] as const
const NOISE_COLUMNS = /Runtime|% CPU Aval|Max Noise|Max Single|Noise|HW|NMI|IRQ|Softirq|Thread/g
/** every version has IRQ and thread */
const LEAST_CONTEXTS = 2
/** up to Max Single */
const LEAST_NOISE_COLUMNS = 5
/** four numbers of 9 with blanks between: the last context of timerlat */
const GROUP_WIDTH = 39
/** a blank and %12llu: each column of osnoise */
const NOISE_WIDTH = 13

export interface TopRow {
  /** null for the row ALL */
  cpu: number | null
  /** samples of timerlat, periods of osnoise */
  count: number
  rest: string
}

/** `  0 #4610 | 1493 …` split up; null when the line is no row. */
export function topRow(text: string): TopRow | null {
  const row = ROW.exec(text)
  return row && { cpu: row[1] === 'ALL' ? null : Number(row[1]), count: Number(row[2]), rest: row[3]! }
}

/** What a row has under this header: the contexts of timerlat, or the values of osnoise. */
export function columnsOf(header: string): number {
  return (header.match(header.includes('|') ? /\|/g : NOISE_COLUMNS) ?? []).length
}

/** Whether a row without line feed has all that its header names, and the last number its whole width. */
export function isWholeRow({ rest }: TopRow, columns: number | null): boolean {
  const groups = rest.split('|').slice(1)
  if (groups.length > 0)
    return groups.length === (columns ?? LEAST_CONTEXTS) && groups.at(-1)!.length >= GROUP_WIDTH
  const last = /\s+\d+$/.exec(rest)?.[0] ?? ''
  return columns !== null && rest.trim().split(/\s+/).length === columns && last.length >= NOISE_WIDTH
}

/** The row as a measurement of each context; null when it is damaged. */
export function measureRow(row: TopRow, columns: number | null, perUs: number): CpuMeasurement[] | null {
  const groups = row.rest.split('|').slice(1)
  if (groups.length === 0) return noise(row, columns, perUs)
  if (groups.length !== (columns ?? groups.length)) return null
  return timerlat(row, groups, perUs)
}

/** CPUs without samples, and values that cannot be of one run. */
export function checkRows(cpus: readonly CpuMeasurement[], findings: FindingList): void {
  for (const { cpu, context, samples, minUs, maxUs } of cpus) {
    if (samples === 0)
      findings.doubt('no-samples', `CPU ${cpu} has no ${context === null ? 'periods' : `${context} samples`}`)
    if (minUs !== null && maxUs !== null && minUs > maxUs)
      findings.doubt('contradictory', `CPU ${cpu}: min ${minUs} is above max ${maxUs} us`)
  }
}

/** Whether a state cannot come after the other in one run: counts, minima and maxima go one way. */
export function goesBack(now: readonly CpuMeasurement[], before: readonly CpuMeasurement[]): boolean {
  const below = (a: number | null, b: number | null) => a !== null && b !== null && a < b
  return now.some(({ context, samples, minUs, maxUs }) => {
    const old = before.find((one) => one.context === context)
    return old && (below(samples, old.samples) || below(old.minUs, minUs) || below(maxUs, old.maxUs))
  })
}

function timerlat({ cpu, count }: TopRow, groups: readonly string[], perUs: number): CpuMeasurement[] | null {
  const values = groups.map((group) => group.trim().split(/\s+/))
  if (values.length < LEAST_CONTEXTS || values.length > CONTEXTS.length) return null
  if (values.some((four) => four.length !== 4 || !four.every((text) => /^(?:-|\d{1,20})$/.test(text))))
    return null
  return values.map((four, index) => {
    const [min, avg, max] = four.slice(1).map(rtlaValue)
    const us = (value: number | null | undefined) => (count === 0 || value == null ? null : value / perUs)
    return {
      cpu,
      thread: null,
      context: CONTEXTS[index]!,
      samples: max === null ? 0 : count,
      minUs: us(min),
      meanUs: us(avg),
      maxUs: us(max),
      histogram: null,
    }
  })
}

/** CPU #periods Runtime Noise %CPU-available Max-Noise Max-Single HW NMI … */
function noise({ cpu, count, rest }: TopRow, columns: number | null, perUs: number): CpuMeasurement[] | null {
  const values = rest.trim().split(/\s+/)
  const enough = columns === null ? values.length > LEAST_NOISE_COLUMNS : values.length === columns
  if (!enough || !values.every((text) => /^(?:-|[\d.]{1,20})$/.test(text))) return null
  const single = rtlaValue(values[4])
  const maxUs = count === 0 || single === null ? null : single / perUs
  return [
    { cpu, thread: null, context: null, samples: count, minUs: null, meanUs: null, maxUs, histogram: null },
  ]
}
