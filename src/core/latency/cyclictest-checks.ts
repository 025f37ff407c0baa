import type { CyclictestText } from './cyclictest-text.ts'
import type { CpuMeasurement } from './measurement.ts'
import { histogramMeanUs } from './survival.ts'

/**
 * Holds the footer of a cyclictest histogram against its rows: both are of the same run, so each difference is a
 * damaged, cut or edited file.
 */
export function checkAgainstFooter(
  read: CyclictestText,
  cpus: readonly CpuMeasurement[],
  perUs: number,
  summed: boolean,
): void {
  const { columns, footer, findings } = read
  const threads = cpus.length
  const sumColumn = columns.width === threads + 1
  if (columns.rows > 0 && columns.width !== threads && !sumColumn) {
    findings.doubt('columns-differ', `the rows have ${columns.width} columns, the footer ${threads} threads`)
  }
  if (sumColumn && !summed && columns.sumRows + columns.notSumRows > 0) {
    findings.doubt(
      'sum-column-differs',
      `in ${columns.notSumRows} rows the last column is not the sum of the threads`,
    )
  }
  const zeroRows = columns.rows - columns.sumRows - columns.notSumRows
  if ((zeroRows > 0 || footer.totals !== null) && columns.rows !== columns.lastIndex + 1) {
    findings.doubt(
      'rows-missing',
      `${columns.lastIndex + 1 - columns.rows} rows are missing between bucket 0 and ${columns.lastIndex}`,
    )
  }
  if (zeroRows > 0 && footer.totals === null && footer.mins !== null) {
    findings.note('total-missing', 'rows of zeros are printed but the line "# Total:" is not there')
  }
  for (const name of ['avgs', 'maxs', 'overflows', 'totals'] as const) {
    const numbers = footer[name]
    if (numbers === null) continue
    if (numbers.length !== threads && numbers.length !== threads + 1) {
      findings.doubt('columns-differ', `the footer has ${threads} minima and ${numbers.length} ${name}`)
    } else if (numbers.length === threads + 1) {
      const parts = numbers.slice(0, -1)
      const all = name === 'maxs' ? Math.max(...parts) : parts.reduce((a, b) => a + b, 0)
      if (all !== numbers.at(-1)) {
        findings.doubt(
          'sum-column-differs',
          `the footer's last of ${name} is ${numbers.at(-1)}, the threads give ${all}`,
        )
      }
    }
  }
  for (const thread of footer.logs.keys()) {
    if (thread >= threads)
      findings.doubt('columns-differ', `an overflow list of thread ${thread} with ${threads} threads`)
  }
  if (footer.overflowHeader && footer.logs.size < threads) {
    findings.doubt('truncated', `the overflow lists end after ${footer.logs.size} of ${threads} threads`)
  } else if (!footer.overflowHeader && footer.overflows !== null) {
    const lost = footer.overflows.slice(0, threads).some((count) => count > 0)
    if (lost)
      findings.doubt('truncated', 'the lists of overflowed cycles are missing: the file ends too early')
    else findings.note('overflow-list-missing', 'the (empty) lists of overflowed cycles are not there')
  }
  cpus.forEach((cpu, thread) => {
    checkThread(read, cpu, thread, perUs)
  })
}

function checkThread(
  { footer, findings }: CyclictestText,
  cpu: CpuMeasurement,
  thread: number,
  perUs: number,
): void {
  const histogram = cpu.histogram!
  const who = `thread ${thread}`
  const total = footer.totals?.[thread]
  if (total !== undefined && total !== histogram.counted) {
    findings.doubt(
      'total-differs',
      `${who}: the rows add up to ${histogram.counted}, the line "# Total:" says ${total}`,
    )
  }
  const log = footer.logs.get(thread)
  if (log && footer.overflows !== null && log.cycles.length + log.others !== histogram.overflows) {
    findings.doubt(
      'overflow-list-differs',
      `${who}: ${histogram.overflows} overflows, but ${log.cycles.length + log.others} in the list of cycles`,
    )
  }
  if (!histogram.complete || cpu.samples === 0) return
  const [min, mean, max] = [footer.mins?.[thread], footer.avgs?.[thread], footer.maxs?.[thread]]
  const [first, last] = [histogram.firstBucket, histogram.lastBucket]
  const overflow = histogram.overflows > 0
  const from = histogram.overflowFromNs === null ? 0 : (histogram.overflowFromNs * perUs) / 1000
  if (min !== undefined && (first === -1 ? min < from : min !== first)) {
    findings.doubt(
      'min-outside-histogram',
      `${who}: the footer's minimum is ${min}, the first bucket with samples ${first}`,
    )
  }
  if (max !== undefined && (overflow ? max < from : max !== last)) {
    const where = overflow ? `overflow begins at ${from}` : `the last bucket with samples is ${last}`
    findings.doubt('max-outside-histogram', `${who}: the footer's maximum is ${max}, but ${where}`)
  }
  if (min !== undefined && max !== undefined && mean !== undefined && (mean < min || mean > max)) {
    findings.doubt('contradictory', `${who}: min ${min}, avg ${mean}, max ${max} cannot be of one run`)
  } else if (mean !== undefined) {
    checkMean({ footer, findings } as CyclictestText, cpu, who, mean, max ?? Number.POSITIVE_INFINITY, perUs)
  }
}

/** The footer's average is the exact mean cut to a whole number; overflowed samples lie between `from` and the maximum. */
function checkMean(
  read: Pick<CyclictestText, 'findings'>,
  cpu: CpuMeasurement,
  who: string,
  mean: number,
  max: number,
  perUs: number,
): void {
  const histogram = cpu.histogram!
  const low = histogramMeanUs(histogram)
  if (low === null) return
  const lowest = low.us * perUs
  const overflowed =
    (histogram.overflows * (max - (histogram.overflowFromNs ?? 0 * perUs) / 1000)) / histogram.samples
  const highest = histogram.overflows > 0 ? lowest + Math.max(0, overflowed) : lowest
  if (mean < Math.floor(lowest - 1e-6) || mean > highest + 1e-6) {
    read.findings.doubt(
      'average-differs',
      `${who}: the footer's average is ${mean}, the rows allow ${lowest.toFixed(2)} to ${highest.toFixed(2)}`,
    )
  }
}
