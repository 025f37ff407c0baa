import { formatDuration } from '../suite/time.ts'
import { runTitle } from './cells.ts'
import { checksSection } from './html-checks.ts'
import { measurementSection } from './html-measurement.ts'
import { STYLE } from './html-style.ts'
import { html, Markup } from './markup.ts'
import type { Reporter } from './reporter.ts'
import type { RunRecord } from './run-record.ts'

/** A raw file of a -v run can be gigabytes; the page holds its beginning and says so. */
const MOST_RAW = 200_000
const GOOD_LINE = {
  pass: 'All limits are met.',
  fail: 'A limit is broken.',
  undecided: 'This run proves nothing yet.',
}

/** One page that needs nothing else: no script, no file, no network. */
export const htmlReporter: Reporter = {
  name: 'html',
  extension: 'html',
  render(run, options) {
    const { result, reasons, claims, checks } = run.verdict
    return html`<!DOCTYPE html>
<html lang="en" class="${result}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${result.toUpperCase()}: ${runTitle(run)}${run.host ? `, ${run.host.name}` : null}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header><div>
<span class="badge">${result.toUpperCase()}</span>
<h1>${runTitle(run)}</h1>
${facts(run)}
</div></header>
<main>
<h2>${GOOD_LINE[result]}</h2>
${bullets(reasons)}
${checksSection(checks)}
${claims.length > 0 ? html`<h2>What may be claimed</h2>${bullets(claims)}` : null}
${run.measurements.map((measurement) => measurementSection(measurement, run))}
${context(run)}
${tuning(run)}
${tail(run)}
${raw(run, options?.raw)}
</main>
<footer>quietcore ${run.quietcoreVersion}, run ${run.id}</footer>
</body>
</html>
`.text
  },
}

function facts(run: RunRecord): Markup {
  const { host, kernel, suite, tuning: tuned } = run
  return definitions([
    ['Suite', suite && `${suite.name} (${suite.path})`],
    ['Started', run.startedAt],
    ['Lasted', run.durationS === null ? null : formatDuration(run.durationS)],
    [
      'Host',
      host &&
        [
          host.name,
          host.os,
          host.cpuModel,
          host.virtualization === 'none' ? 'bare metal' : `under ${host.virtualization}`,
        ].join(', '),
    ],
    ['Kernel', kernel && `${kernel.release}${kernel.realtime ? ' (PREEMPT_RT)' : ''}`],
    ['Tuning', `${TUNING[tuned.state]}${tuned.profile === null ? '' : ` (${tuned.profile})`}`],
  ])
}

const TUNING = {
  ok: 'as the profile wants it',
  differs: 'differs from the profile',
  none: 'no profile is applied',
  'pending-reboot': 'waits for a reboot',
  unknown: 'not known',
}

function context({ context, kernel }: RunRecord): Markup | null {
  const line = kernel && html`<h3>Kernel command line</h3><p><code>${kernel.cmdline}</code></p>`
  if (!context) return line && html`<h2>The machine</h2>${line}`
  return html`<h2>The machine during the run</h2>
${definitions(Object.entries(context.facts))}
${
  context.changes.length === 0
    ? html`<p>Nothing that is watched has changed between start and end.</p>`
    : html`<h3>What changed between start and end</h3><div class="scroll"><table><thead><tr><th>What</th><th class="text">Where</th><th>before</th><th>after</th><th class="text">Means</th></tr></thead><tbody>
${context.changes.map(
  (
    change,
  ) => html`<tr><td>${change.name}</td><td class="text">${change.where ?? 'machine'}</td><td>${change.before ?? '–'}</td><td>${change.after ?? '–'}</td><td class="text wrap">${change.note}</td></tr>
`,
)}</tbody></table></div>`
}
${line}`
}

function tuning({ tuning }: RunRecord): Markup | null {
  if (!tuning.details?.length) return null
  return html`<h2>Tuning that is not as wanted</h2>${bullets(tuning.details)}`
}

function tail({ tail }: RunRecord): Markup | null {
  if (!tail) return null
  const levels = tail.returnLevels.map(
    ({ blocks, us }) => `One run in ${blocks} exceeds ${us.toFixed(1)} µs, if the assumptions hold.`,
  )
  const checks = tail.assumptions.map(
    ({ name, holds, message }) => `${name} ${holds ? 'holds' : 'does not hold'}: ${message}`,
  )
  return html`<h2>Tail estimate, for information only</h2>
<p>From the maxima of ${tail.blocks} consecutive runs (GEV by L-moments). No verdict uses it.</p>${bullets([...levels, ...checks])}`
}

function raw(run: RunRecord, texts: ReadonlyMap<string, string> | undefined): Markup | null {
  const files = run.measurements.flatMap((measurement) => measurement.rawFiles)
  if (files.length === 0) return null
  return html`<h2>The tools' own output</h2>
${files.map((file) => {
  const text = texts?.get(file)
  if (text === undefined)
    return html`<p><code>${file}</code> <span class="soft">beside this report</span></p>`
  const cut = text.length > MOST_RAW ? html`<p class="soft">The first ${MOST_RAW} characters.</p>` : null
  return html`<details><summary>${file}</summary>${cut}<pre>${text.slice(0, MOST_RAW)}</pre></details>
`
})}`
}

function definitions(pairs: readonly (readonly [string, string | null])[]): Markup {
  return html`<dl>${pairs.filter(([, value]) => value !== null).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

function bullets(items: readonly string[]): Markup {
  return html`<ul>
${items.map(
  (item) => html`<li>${item}</li>
`,
)}</ul>`
}
