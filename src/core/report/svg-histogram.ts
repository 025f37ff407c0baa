import type { Histogram } from '../latency/histogram.ts'
import { formatCount, formatUs } from '../verdict/format.ts'
import { logHeight, toBins } from './bins.ts'
import { html, type Markup } from './markup.ts'
import { type Axes, powerLabel, ticks } from './svg-axis.ts'

interface Frame {
  width: number
  height: number
  left: number
  right: number
  top: number
  bottom: number
  bins: number
  /** every power of ten and step is labelled, else only the ends */
  labelled: boolean
}

const LARGE: Frame = {
  width: 400,
  height: 190,
  left: 34,
  right: 8,
  top: 16,
  bottom: 34,
  bins: 120,
  labelled: true,
}
const SMALL: Frame = {
  width: 180,
  height: 74,
  left: 2,
  right: 2,
  top: 4,
  bottom: 14,
  bins: 60,
  labelled: false,
}
/** share of the width for samples beyond the histogram */
const OVERFLOW_SHARE = 0.09

/** A histogram with a logarithmic scale of samples. `title` is read out and shown on hover. */
export function renderSvg(
  histogram: Histogram,
  axes: Axes,
  title: string,
  size: 'large' | 'small' = 'large',
): Markup {
  const frame = size === 'large' ? LARGE : SMALL
  const { width, height, left, right, top, bottom } = frame
  const base = height - bottom
  const inner = width - left - right
  const beyond = axes.overflowFromUs === null ? 0 : inner * OVERFLOW_SHARE
  const powers = Math.max(1, Math.ceil(Math.log10(Math.max(1, axes.mostSamples)) + 1e-9))
  const x = (us: number) => left + (us / axes.toUs) * (inner - beyond)
  // one sample stands one step above the base line
  const y = (height_: number) => base - (height_ / (powers + 1)) * (base - top)
  const bars = toBins(histogram, frame.bins).filter((bin) => bin.count > 0)
  const bucketUs = histogram.bucketNs / 1000
  const path = bars
    .map(({ fromUs, toUs, count }) => {
      const end = Math.max(toUs, fromUs) + Math.min(bucketUs, histogram.resolutionNs / 1000)
      return bar(x(fromUs), x(end), y(logHeight(count)), base)
    })
    .join('')
  const overflow =
    histogram.overflows > 0 && beyond > 0
      ? html`<path class="beyond" d="${bar(width - right - beyond * 0.75, width - right, y(logHeight(histogram.overflows)), base)}"><title>${formatCount(histogram.overflows)} beyond the histogram</title></path>`
      : null
  const axis = (from: number, to: number) =>
    html`<line class="axis" x1="${n(from)}" y1="${base}" x2="${n(to)}" y2="${base}"/>`
  return html`<svg class="${size}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><title>${title}</title>${frame.labelled ? grid(frame, powers, y) : null}${path === '' ? null : html`<path class="bars" d="${path}"/>`}${overflow}${axes.limitsUs.filter((limit) => limit <= axes.toUs).map((limit) => limitLine(limit, x(limit), frame))}${axis(left, x(axes.toUs))}${beyond > 0 ? axis(width - right - beyond * 0.85, width - right) : null}${scale(frame, axes, x)}</svg>`
}

function bar(from: number, to: number, top: number, base: number): string {
  // a thin gap between bars, but never so thin that the bar is gone
  const gap = to - from > 3 ? 0.6 : 0
  return `M${n(from)} ${n(base)}V${n(top)}H${n(Math.max(to - gap, from + 0.6))}V${n(base)}z`
}

function grid(frame: Frame, powers: number, y: (height: number) => number): Markup[] {
  const every = Math.ceil(powers / 6)
  return Array.from({ length: powers + 1 }, (_, power) => power)
    .filter((power) => power % every === 0)
    .map((power) => {
      const at = n(y(power + 1))
      return html`<line class="grid" x1="${frame.left}" y1="${at}" x2="${frame.width - frame.right}" y2="${at}"/><text class="end" x="${frame.left - 4}" y="${n(y(power + 1) + 3.5)}">${powerLabel(power)}</text>`
    })
}

function scale(frame: Frame, axes: Axes, x: (us: number) => number): Markup[] {
  const at = frame.height - frame.bottom + (frame.labelled ? 13 : 10)
  const steps = frame.labelled ? ticks(axes.toUs, 8) : ticks(axes.toUs, 3)
  const beyond = axes.overflowFromUs
  const end = x(axes.toUs)
  const labels = steps
    // the last step must not run into the label of the overflow
    .filter((us) => us === 0 || beyond === null || end - x(us) > 14)
    .map((us) => html`<text class="${us === 0 ? 'start' : 'middle'}" x="${n(x(us))}" y="${at}">${us}</text>`)
  const over =
    beyond === null
      ? []
      : [html`<text class="end" x="${frame.width - frame.right}" y="${at}">≥${beyond}</text>`]
  const unit = frame.labelled
    ? [
        html`<text class="middle unit" x="${frame.width / 2}" y="${frame.height - 4}">latency, µs (samples on a logarithmic scale)</text>`,
      ]
    : []
  return [...labels, ...over, ...unit]
}

function limitLine(limit: number, at: number, frame: Frame): Markup {
  const label = frame.labelled
    ? html`<text class="middle limit" x="${n(Math.min(at, frame.width - 22))}" y="${frame.top - 5}">${formatUs(limit)}</text>`
    : null
  return html`<line class="limit" x1="${n(at)}" y1="${frame.top}" x2="${n(at)}" y2="${frame.height - frame.bottom}"><title>limit ${formatUs(limit)}</title></line>${label}`
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10)
}
