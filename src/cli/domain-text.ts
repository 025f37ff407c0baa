import type { Audit } from '../core/domain/audit.ts'
import { colour } from './output.ts'
import { printable } from './printable.ts'
import { clip, table } from './table.ts'

const COLOUR = { pass: 'green', fail: 'red', undecided: 'yellow' } as const

/** One domain's audit for a terminal: the verdict, what was found, what mends it, what stays open. */
export function auditText(audit: Audit): string {
  const { domain, realtimeVcpus, findings, undecided, result } = audit
  const lines = [
    `${printable(clip(domain, 80))}: ${colour(result, COLOUR[result])} (real-time vCPUs ${realtimeVcpus})\n`,
  ]
  if (findings.length > 0) {
    lines.push(
      '\n',
      table(
        ['RULE', 'SEVERITY', 'FOUND'],
        findings.map(({ rule, severity, message }) => [
          rule,
          colour(severity, severity === 'fail' ? 'red' : 'yellow'),
          printable(clip(message, 200)),
        ]),
      ),
      '\nWhat mends it:\n',
    )
    const told = new Set<string>()
    for (const { rule, why, fix } of findings) {
      if (told.has(rule + fix)) continue
      lines.push(`  ${rule}: ${printable(fix)}\n${told.has(rule) ? '' : `      ${why}\n`}`)
      told.add(rule + fix).add(rule)
    }
  }
  if (undecided.length > 0) {
    lines.push('\nUndecided:\n', ...undecided.map(({ rule, reason }) => `  ${rule}: ${printable(reason)}\n`))
  }
  return lines.join('')
}
