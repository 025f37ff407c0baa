import { formatDuration } from '../suite/time.ts'
import { formatCount, formatUs } from '../verdict/format.ts'
import { toBins } from './bins.ts'
import {
  count,
  cpuName,
  formatInterval,
  measurementTitle,
  percentileCell,
  SHOWN_PERCENTILES,
  samplesOf,
  totals,
  us,
} from './cells.ts'
import { html, type Markup } from './markup.ts'
import { histogramOf } from './measurement-record.ts'
import type { CpuRecord, MeasurementRecord, RunRecord } from './run-record.ts'
import type { Axes } from './svg-axis.ts'
import { renderSvg } from './svg-histogram.ts'

const MOST_EVENTS = 50

/** The whole of one tool's run: how it ran, all CPUs in one chart, each CPU in a small one, and the table. */
export function measurementSection(measurement: MeasurementRecord, run: RunRecord): Markup {
  const { durationS, wantedDurationS, intervalUs, argv, cpus } = measurement
  const of =
    durationS !== wantedDurationS && wantedDurationS !== null
      ? ` of the ${formatDuration(wantedDurationS)} asked for`
      : ''
  const facts = [
    durationS === null ? 'how long it ran is not known' : `ran ${formatDuration(durationS)}${of}`,
    intervalUs === null ? null : `every ${formatInterval(intervalUs)}`,
    measurement.all?.samples == null ? null : samplesOf(measurement.all),
  ].filter((fact) => fact !== null)
  const all = totals(measurement)
  const rows = [...(cpus.length > 1 ? all : []), ...cpus]
  // hwlatdetect has a largest value and events, and nothing else that a table could show
  const counted = rows.some((cpu) => cpu.samples !== null || cpu.histogram !== null)
  const largest = rows.find((cpu) => cpu.maxUs !== null)?.maxUs
  const distributed = cpus.filter((cpu) => cpu.histogram !== null)
  const axes = sharedAxes(measurement, run)
  return html`<section><h2>${measurementTitle(measurement)}</h2>
<p>${facts.join(', ')}.</p>
${argv ? html`<p><code>${argv.join(' ')}</code></p>` : null}
${all.map((cpu) => largeChart(cpu, axes))}
${
  distributed.length > 1
    ? html`<h3>Each CPU, on the same scales</h3><div class="charts">
${distributed.map((cpu) => smallChart(cpu, axes))}</div><p></p>`
    : null
}
${counted ? table(rows) : largest == null ? null : html`<p>Largest: <b>${formatUs(largest)}</b></p>`}
${events(measurement)}${findings(measurement)}</section>
`
}

/** The same scales for every chart of a measurement, so that CPUs can be compared by eye. */
function sharedAxes(measurement: MeasurementRecord, run: RunRecord): Axes {
  let [last, most] = [1, 1]
  let overflowFromUs: number | null = null
  for (const cpu of [...measurement.cpus, ...totals(measurement)]) {
    if (!cpu.histogram) continue
    const histogram = histogramOf(cpu.histogram)
    for (const bin of toBins(histogram, 60)) {
      last = Math.max(last, bin.toUs + cpu.histogram.bucketNs / 1000)
      most = Math.max(most, bin.count)
    }
    most = Math.max(most, histogram.overflows)
    if (histogram.overflows > 0 && histogram.overflowFromNs !== null) {
      overflowFromUs = Math.min(overflowFromUs ?? Number.POSITIVE_INFINITY, histogram.overflowFromNs / 1000)
    }
  }
  const limits = run.thresholds.filter(
    ({ tool, metric }) => metric === 'max' && (tool === '*' || tool === measurement.tool),
  )
  // a limit far beyond everything measured would press the bars into a corner
  const limitsUs = [...new Set(limits.map((threshold) => threshold.limit))].filter(
    (limit) => limit <= 5 * last,
  )
  return {
    toUs: Math.max(last, ...limitsUs.map((limit) => limit * 1.04)),
    mostSamples: most,
    limitsUs,
    overflowFromUs,
  }
}

function largeChart(all: CpuRecord, axes: Axes): Markup | null {
  if (!all.histogram) return null
  const title = `${all.context === null ? 'All CPUs' : `All CPUs, ${all.context}`}: ${samplesOf(all)}, max ${all.maxUs === null ? 'not known' : formatUs(all.maxUs)}`
  return html`<figure><figcaption><b>${title}</b></figcaption>${renderSvg(histogramOf(all.histogram), axes, title)}</figure>
`
}

function smallChart(cpu: CpuRecord, axes: Axes): Markup {
  const name = cpu.cpu === null ? cpuName(cpu) : `CPU ${cpuName(cpu)}`
  const max = `max ${us(cpu.maxUs)}`
  const overflowed = (cpu.overflows ?? 0) > 0
  return html`<figure><figcaption><b>${name}</b><span${overflowed ? html` class="over"` : null}>${max}</span></figcaption>${renderSvg(histogramOf(cpu.histogram!), axes, `${name}: ${samplesOf(cpu)}, ${max} µs`, 'small')}</figure>
`
}

function table(rows: readonly CpuRecord[]): Markup {
  return html`<div class="scroll"><table class="numbers"><thead><tr><th>CPU</th><th>samples</th><th>min</th><th>mean</th><th>max</th>${SHOWN_PERCENTILES.map((p) => html`<th>p${p}</th>`)}<th>overflow</th></tr></thead><tbody>
${rows.map(
  (cpu) =>
    html`<tr${cpuName(cpu).startsWith('all') ? html` class="total"` : null}><th>${cpuName(cpu)}</th><td>${count(cpu.samples)}</td><td>${us(cpu.minUs)}</td><td>${us(cpu.meanUs, 2)}</td><td>${us(cpu.maxUs)}</td>${SHOWN_PERCENTILES.map((p) => html`<td>${percentileCell(cpu, p)}</td>`)}<td${(cpu.overflows ?? 0) > 0 ? html` class="over"` : null}>${count(cpu.overflows)}</td></tr>
`,
)}</tbody></table></div>
<p class="soft">Microseconds. – is not known: too few samples for the percentile, or no histogram. ≥ lies beyond the histogram.</p>`
}

function events({ events, eventCount }: MeasurementRecord): Markup | null {
  if (events.length === 0) return null
  const shown = events.slice(0, MOST_EVENTS)
  const rest = Math.max(events.length, eventCount ?? 0) - shown.length
  return html`<h3>Events</h3><div class="scroll"><table class="numbers"><thead><tr><th>at, s</th><th>CPU</th><th>inner, µs</th><th>outer, µs</th><th>count</th></tr></thead><tbody>
${shown.map(
  (
    event,
  ) => html`<tr><th>${event.timestamp}</th><td>${count(event.cpu)}</td><td>${us(event.innerUs)}</td><td>${us(event.outerUs)}</td><td>${count(event.count)}</td></tr>
`,
)}</tbody></table></div>${rest > 0 ? html`<p class="soft">and ${formatCount(rest)} more</p>` : null}`
}

function findings({ findings }: MeasurementRecord): Markup | null {
  if (findings.length === 0) return null
  return html`<h3>Findings</h3><ul>
${findings.map(
  ({
    code,
    message,
    line,
    trust,
  }) => html`<li>${message}${line === undefined ? null : ` (line ${line})`} <span class="soft">${code}${trust ? null : ', forbids a pass'}</span></li>
`,
)}</ul>`
}
