import { STYLE } from '../../report/html-style.ts'
import { html, Markup } from '../../report/markup.ts'
import { formatDuration } from '../../suite/time.ts'
import type { GateRecord } from '../gate-record.ts'
import { type Link, linkName } from '../link.ts'
import type { SideBySide } from '../side-by-side.ts'
import type { GateReporter } from './gate-reporter.ts'
import { clocks, spike } from './gate-text.ts'

const HEADLINE = {
  pass: 'The whole chain holds.',
  fail: 'A link of the chain fails.',
  undecided: 'The chain is not proved yet.',
}

/** One page that needs nothing else: no script, no file, no network. */
export const gateHtml: GateReporter = {
  name: 'html',
  render(record) {
    const { verdict, host, links, sideBySide, quietcoreVersion } = record
    const { result, reasons } = verdict
    return html`<!DOCTYPE html>
<html lang="en" class="${result}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${result.toUpperCase()}: gate of ${host.name}</title>
<style>${new Markup(STYLE)}.absent{--tone:var(--soft)}.gate td{vertical-align:top}</style>
</head>
<body>
<header><div>
<span class="badge">${result.toUpperCase()}</span>
<h1>Gate of ${host.name}</h1>
${facts(record)}
</div></header>
<main>
<h2>${HEADLINE[result]}</h2>
${bullets(reasons)}
<h2>Links</h2>
<div class="scroll"><table class="stack gate"><thead><tr><th>Link</th><th class="text">State</th><th class="text">Evidence</th><th class="text">What to do</th></tr></thead><tbody>
${links.map(row)}</tbody></table></div>
${sideBySide.map(besides)}
</main>
<footer>quietcore ${quietcoreVersion}, ${record.startedAt}</footer>
</body>
</html>
`.text
  },
}

function facts({ host, profile, startedAt, durationS }: GateRecord): Markup {
  return definitions([
    ['Profile', profile ?? 'none is applied'],
    ['Kernel', host.kernel],
    ['Started', startedAt],
    ['Took', formatDuration(durationS)],
  ])
}

function row(link: Link): Markup {
  return html`<tr class="${link.state}"><td><b>${linkName(link)}</b></td><td class="text word">${link.state}</td><td class="text wrap" data-label="evidence">${lines(link.evidence)}</td><td class="text wrap" data-label="to do">${lines(link.next)}</td></tr>
`
}

/** A long list of settings is folded; its first line always shows. */
function lines(items: readonly string[]): Markup | string {
  const [first = '', ...rest] = items
  if (rest.length === 0) return first
  if (rest.length <= 3) return html`${first}${rest.map((item) => html`<br>${item}`)}`
  return html`${first}<details class="checks"><summary>${rest.length} more</summary>${bullets(rest)}</details>`
}

function besides(one: SideBySide): Markup {
  return html`<h2>Guest ${one.guest} beside the host: ${one.visible}</h2>
<p>${one.says}</p>
${definitions([
  ['Guest', `${spike(one.guestWorst)}, run ${one.guestRun}`],
  ['Host', one.hostRun === null ? 'not measured' : `${spike(one.hostWorst)}, run ${one.hostRun}`],
  ['Both measured for', one.togetherS === null ? 'not known' : formatDuration(one.togetherS)],
  ['Clocks', clocks(one)],
  ...one.hostCounted.map((text): [string, string] => ['Host saw', text]),
  ...one.guestSteal.map((text): [string, string] => ['Guest saw', text]),
])}`
}

function definitions(pairs: readonly (readonly [string, string])[]): Markup {
  return html`<dl>${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

function bullets(items: readonly string[]): Markup {
  return html`<ul>
${items.map(
  (item) => html`<li>${item}</li>
`,
)}</ul>`
}
