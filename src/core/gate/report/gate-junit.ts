import { escapeXml } from '../../report/escape.ts'
import type { GateRecord } from '../gate-record.ts'
import { type Link, linkName } from '../link.ts'
import type { GateReporter } from './gate-reporter.ts'

/**
 * JUnit XML: a test case for each link, and one for the chain as a whole, so that a chain with something missing cannot
 * turn green. Undecided is an error; only a link that is no part of this machine is skipped.
 */
export const gateJunit: GateReporter = {
  name: 'junit',
  render(record) {
    const { links, verdict, host, startedAt, durationS } = record
    const cases = [...links.map(linkCase), wholeCase(record)]
    const count = (element: string) => String(cases.filter((one) => one.includes(`<${element}`)).length)
    const suite = attributes({
      id: '0',
      package: 'quietcore',
      name: `gate of ${host.name}`,
      tests: String(cases.length),
      failures: count('failure '),
      errors: count('error '),
      skipped: count('skipped/'),
      time: durationS.toFixed(3),
      // the schema's pattern has no zone; the time is UTC
      timestamp: startedAt.slice(0, 19),
      hostname: host.name,
    })
    const properties = [
      ['verdict', verdict.result],
      ['profile', record.profile ?? 'none'],
      ['kernel', host.kernel],
      ['quietcore', record.quietcoreVersion],
    ].map(([name, value]) => `      <property${attributes({ name: name!, value: value! })}/>`)
    return [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites>',
      `  <testsuite${suite}>`,
      '    <properties>',
      ...properties,
      '    </properties>',
      ...cases,
      `    <system-out>${escapeXml(evidenceOf(record))}</system-out>`,
      `    <system-err>${escapeXml(verdict.reasons.join('\n'))}</system-err>`,
      '  </testsuite>',
      '</testsuites>',
      '',
    ].join('\n')
  },
}

function linkCase(link: Link): string {
  const open = `    <testcase${attributes({ classname: `quietcore.gate.${link.kind}`, name: linkName(link), time: '0' })}`
  if (link.state === 'pass') return `${open}/>`
  if (link.state === 'absent') return `${open}>\n      <skipped/>\n    </testcase>`
  const element = link.state === 'fail' ? 'failure' : 'error'
  const message = link.evidence.join('; ')
  const next = link.next.length > 0 ? escapeXml(`To do: ${link.next.join('; ')}`) : ''
  return `${open}>\n      <${element}${attributes({ type: link.kind, message })}>${next}</${element}>\n    </testcase>`
}

function wholeCase({ verdict }: GateRecord): string {
  const open = `    <testcase${attributes({ classname: 'quietcore.gate', name: 'the chain holds', time: '0' })}`
  if (verdict.result === 'pass') return `${open}/>`
  const element = verdict.result === 'fail' ? 'failure' : 'error'
  return `${open}>\n      <${element}${attributes({ type: verdict.result, message: verdict.reasons.join(' ') })}></${element}>\n    </testcase>`
}

function evidenceOf({ links, sideBySide }: GateRecord): string {
  return [
    ...links.map((link) => `${linkName(link)}: ${link.state}: ${link.evidence.join('; ')}`),
    ...sideBySide.map(({ guest, visible, says }) => `guest ${guest} beside the host: ${visible}: ${says}`),
  ].join('\n')
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('')
}
