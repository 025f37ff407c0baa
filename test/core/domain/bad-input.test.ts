import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixXml } from '../../../src/core/domain/fix/fix-xml.ts'
import { parseXml } from '../../../src/core/domain/parse-xml.ts'
import { writeXml } from '../../../src/core/domain/xml.ts'
import { InputError } from '../../../src/core/errors.ts'
import { audited, FIT, fitBut, PLAIN } from '../../support/domains.ts'

/** The fit guest from its first element on. */
const BARE = FIT.slice(FIT.indexOf('<domain'))

function codeOf(text: string): string {
  try {
    audited(text)
    return 'read'
  } catch (error) {
    if (error instanceof InputError) return error.code
    throw error
  }
}

describe('XML that is no domain', () => {
  it.each([
    ['nothing', '', 'not-xml'],
    ['text', 'hello', 'not-xml'],
    ['a cut-off file', FIT.slice(0, 800), 'not-xml'],
    ['a comment without end', '<!-- <domain/>', 'not-xml'],
    ['two roots', '<domain type="kvm"/><domain type="kvm"/>', 'not-xml'],
    ['a network', '<network><name>x</name></network>', 'not-a-domain'],
    [
      'a DOCTYPE',
      '<!DOCTYPE domain [<!ENTITY a "b">]><domain type="kvm"><name>&a;</name></domain>',
      'xml-doctype',
    ],
    [
      'an external entity',
      '<?xml version="1.0"?>\n<!DOCTYPE d SYSTEM "file:///etc/passwd"><domain/>',
      'xml-doctype',
    ],
    [
      'a DOCTYPE inside the root',
      '<domain type="kvm"><!DOCTYPE d [<!ENTITY a "b">]></domain>',
      'xml-doctype',
    ],
    ['a DOCTYPE behind the root', '<domain type="kvm"/><!DOCTYPE d>', 'xml-doctype'],
    ['text behind the root', '<domain type="kvm"/>-->-->', 'not-xml'],
    ['an entity out of nowhere', '<domain type="kvm"><name>&pass;</name></domain>', 'xml-entity'],
    ['an entity in an attribute', '<domain type="&k;"/>', 'xml-entity'],
    ['a bad number of vCPUs', fitBut('>4</vcpu>', '>four</vcpu>'), 'bad-number'],
    ['a million vCPUs', fitBut('>4</vcpu>', '>1000000</vcpu>'), 'bad-number'],
    ['no vCPU', fitBut('>4</vcpu>', '>0</vcpu>'), 'bad-number'],
    ['a bad amount of memory', fitBut("unit='GiB'>4", "unit='constructor'>4"), 'bad-memory-size'],
    ['50 MB', `<domain>${' '.repeat(50_000_000)}</domain>`, 'too-large'],
    ['nesting without end', `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`, 'not-xml'],
    ['a domain', FIT, 'read'],
    ['a domain with two comments side by side behind it', `${FIT}<!-- x --><!-- x -->`, 'read'],
    ['a domain between processing instructions', `<?xml version='1.0'?><?a b?>${BARE}<?c d='1'?>\n`, 'read'],
    ['a domain with markup in comments', `${FIT}<!-- <!DOCTYPE x> <a> -->`, 'read'],
    ['a domain with > in an attribute', fitBut("dev='vda'", "dev='v>a'"), 'read'],
    ['a domain with the five entities', fitBut('<name>fit', '<name>&lt;&#x41;&amp;'), 'read'],
  ])('%s is told as what it is', (_, text, code) => {
    expect(codeOf(text)).toBe(code)
  })

  it('of 50,000 pins and schedulers for all CPUs is read at once', { timeout: 60_000 }, () => {
    const pins = (vcpu: number) => `<vcpupin vcpu='${vcpu}' cpuset='0-4095'/>`.repeat(25_000)
    const scheds = "<vcpusched vcpus='0-4095' scheduler='fifo' priority='1'/>".repeat(10_000)
    const xml = fitBut('<cputune>', `<cputune>${pins(0)}${pins(1)}${scheds}`)
    expect(
      audited(xml)
        .findings.slice(0, 2)
        .map(({ message }) => message),
    ).toEqual([
      'vCPU 0 has more than one <vcpupin>; libvirt refuses that',
      'vCPU 1 has more than one <vcpupin>; libvirt refuses that',
    ])
  })

  it('keeps the line of what is not well-formed', () => {
    expect(() => parseXml(`\n\n<domain>\n<a>\n</b>\n</domain>`, 'x.xml')).toThrow(
      expect.objectContaining({ place: { file: 'x.xml', line: 5 } }),
    )
  })
})

describe('any text', () => {
  const token = fc.constantFrom(
    ...[
      '<domain>',
      '</domain>',
      '<vcpu>2</vcpu>',
      '<vcpupin vcpu="0" cpuset="1-2,^1"/>',
      '<cputune>',
      '</cputune>',
    ],
    ...[
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?x',
      '?>',
      '&amp;',
      '&x;',
      '<!DOCTYPE',
      '<',
      '>',
      '"',
      "'",
      '=',
      '/>',
      '\0',
    ],
    ...['<__proto__>', '</__proto__>', '<constructor a="1"/>', '<a b=', 'cpuset="^"', ' ', '\n', '😀'],
  )
  const soup = fc
    .array(fc.oneof(token, fc.string({ maxLength: 5 })), { maxLength: 40 })
    .map((all) => all.join(''))

  it('is read or refused, and never crashes or hangs', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          soup.map((text) => `<domain type='kvm'>${text}</domain>`),
        ),
        (text) => {
          codeOf(text)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('put into a fit domain, is read or refused, and mended without a crash', () => {
    fc.assert(
      fc.property(fc.nat(FIT.length), soup, (at, text) => {
        const changed = FIT.slice(0, at) + text + FIT.slice(at)
        if (codeOf(changed) === 'read') fixXml(changed, 'f')
      }),
      { numRuns: 500 },
    )
  })

  it('of a domain comes out as it went in', () => {
    for (const text of [FIT, PLAIN]) {
      const quotes = (xml: string) => xml.replace('version="1.0" encoding="UTF-8"', '')
      expect(quotes(writeXml(parseXml(text, 'f')))).toBe(quotes(text))
    }
  })
})
