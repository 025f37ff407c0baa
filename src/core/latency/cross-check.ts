import type { CpuMeasurement, Finding, Measurement } from './measurement.ts'

/** The JSON is written before the threads are joined, so the text may have a few samples more (cyclictest.c). */
const LATE_SAMPLES = 20
/** text averages are cut to whole us, JSON has two or more digits */
const AVERAGE_SLACK_US = 1.001

/** Differences between two reports of one run, such as its text and its JSON. Empty: they agree. */
export function crossCheck(a: Measurement, b: Measurement): Finding[] {
  const findings: Finding[] = []
  const differ = (message: string) => findings.push({ code: 'reports-differ', message, trust: false })
  if (a.tool !== b.tool) differ(`one report is of ${a.tool}, the other of ${b.tool}`)
  else if (a.cpus.length !== b.cpus.length)
    differ(`${a.format} has ${a.cpus.length} threads, ${b.format} ${b.cpus.length}`)
  else {
    a.cpus.forEach((cpu, index) => {
      compare(cpu, b.cpus[index]!, `thread ${cpu.thread ?? index}: ${a.format} / ${b.format}`, differ)
    })
  }
  return findings
}

function compare(a: CpuMeasurement, b: CpuMeasurement, who: string, differ: (message: string) => void): void {
  if (a.cpu !== null && b.cpu !== null && a.cpu !== b.cpu) differ(`${who}: CPU ${a.cpu} and CPU ${b.cpu}`)
  const late = a.samples === null || b.samples === null ? 0 : Math.abs(a.samples - b.samples)
  if (late > LATE_SAMPLES) differ(`${who}: ${a.samples} and ${b.samples} samples`)
  if (late === 0 && a.minUs !== b.minUs && a.minUs !== null && b.minUs !== null)
    differ(`${who}: min ${a.minUs} and ${b.minUs} us`)
  if (late === 0 && a.maxUs !== b.maxUs && a.maxUs !== null && b.maxUs !== null)
    differ(`${who}: max ${a.maxUs} and ${b.maxUs} us`)
  if (
    late === 0 &&
    a.meanUs !== null &&
    b.meanUs !== null &&
    Math.abs(a.meanUs - b.meanUs) > AVERAGE_SLACK_US
  ) {
    differ(`${who}: average ${a.meanUs} and ${b.meanUs} us`)
  }
  if (!a.histogram || !b.histogram) return
  const buckets = new Map(b.histogram.entries())
  let apart = Math.abs(a.histogram.overflows - b.histogram.overflows)
  for (const [bucket, count] of a.histogram.entries()) {
    apart += Math.abs(count - (buckets.get(bucket) ?? 0))
    buckets.delete(bucket)
  }
  for (const count of buckets.values()) apart += count
  if (apart > late) differ(`${who}: the histograms are ${apart} samples apart`)
}

/**
 * `--json=-` puts the JSON of a run between its text: the two become one measurement, with the exact overflow of the
 * text and the CPUs, argv and version of the JSON.
 */
export function joinTextAndJson(runs: readonly Measurement[]): readonly Measurement[] {
  const [a, b] = runs
  if (runs.length !== 2 || !a || !b || a.tool !== b.tool) return runs
  const json = [a, b].find((run) => run.format.endsWith('JSON'))
  const text = [a, b].find((run) => !run.format.endsWith('JSON'))
  if (!json || !text || text.cpus.length !== json.cpus.length) return runs
  const codes = new Set(json.findings.map((finding) => finding.code))
  return [
    {
      ...json,
      format: `${text.format} and JSON`,
      durationS: text.durationS ?? json.durationS,
      cpus: text.cpus.map((cpu, index) => {
        const other = json.cpus[index]!
        return { ...cpu, cpu: cpu.cpu ?? other.cpu, meanUs: other.meanUs ?? cpu.meanUs }
      }),
      events: text.events,
      findings: [
        ...json.findings,
        ...text.findings.filter((finding) => !codes.has(finding.code)),
        ...crossCheck(text, json),
      ],
    },
  ]
}
