import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editConf, effectiveValues } from '../../../../src/core/nova/conf/edit.ts'
import { MANAGED, mayRepeat, type OptionValues } from '../../../../src/core/nova/conf/options.ts'
import { putTogether, takeApart } from '../../../../src/core/nova/conf/remember.ts'
import { restoreText } from '../../../../src/core/nova/conf/restore.ts'
import { scanConf } from '../../../../src/core/nova/conf/scan.ts'

const FILE = '/etc/nova/nova.conf'
const CONF = `# The administrator's own words.
[DEFAULT]
debug = false
reserved_huge_pages = node:0,size:2048,count:64
# between two lines of one option
reserved_huge_pages = node:1,size:2048,count:64

[compute]
# cpu_dedicated_set = <None>
cpu_dedicated_set = 2-3   
cpu_dedicated_set: "4-5"
[libvirt]
virt_type = kvm
images_type =
    raw
`

const EDIT: OptionValues[] = [
  { section: 'DEFAULT', key: 'reserved_huge_pages', values: ['node:0,size:1GB,count:1'] },
  { section: 'compute', key: 'cpu_dedicated_set', values: ['2-7'] },
  { section: 'compute', key: 'cpu_shared_set', values: ['1'] },
  { section: 'libvirt', key: 'cpu_mode', values: ['host-passthrough'] },
  { section: 'filter_scheduler', key: 'enabled_filters', values: ['NUMATopologyFilter'] },
]

function undo(now: string, original: string, written: string): { text: string; foreign: readonly string[] } {
  const before = takeApart(original, FILE)
  return restoreText(now, FILE, before, takeApart(written, FILE).lines, (rest) => rest === before.rest)
}

describe('editing nova.conf', () => {
  it('takes [Compute] for [compute], as oslo.config does, and only DEFAULT by its capitals', () => {
    const given =
      '[compute]\ncpu_shared_set = 1\n[Compute]\ncpu_shared_set = 2\n[default]\nvcpu_pin_set = 3\n'
    const edit: OptionValues[] = [
      { section: 'compute', key: 'cpu_shared_set', values: ['1-3'] },
      { section: 'compute', key: 'cpu_dedicated_set', values: ['4-7'] },
      { section: 'DEFAULT', key: 'pointer_model', values: ['ps2mouse'] },
    ]
    const scanned = scanConf(given, new Set(['compute', 'DEFAULT']), FILE)
    expect(effectiveValues(scanned, 'compute', 'cpu_shared_set')).toEqual(['2'])
    expect(effectiveValues(scanned, 'DEFAULT', 'vcpu_pin_set')).toEqual([])
    const written = editConf(given, edit, FILE)
    expect(written).toBe(
      '[compute]\ncpu_shared_set = 1\n[Compute]\ncpu_shared_set = 1-3\ncpu_dedicated_set = 4-7\n[default]\nvcpu_pin_set = 3\n\n[DEFAULT]\npointer_model = ps2mouse\n',
    )
    expect(undo(written, given, written)).toEqual({ text: given, foreign: [] })
  })

  it('sets options and leaves every other byte', () => {
    expect(editConf(CONF, EDIT, FILE)).toBe(`# The administrator's own words.
[DEFAULT]
debug = false
reserved_huge_pages = node:0,size:1GB,count:1
# between two lines of one option

[compute]
# cpu_dedicated_set = <None>
cpu_dedicated_set = 2-3   
cpu_dedicated_set = 2-7
cpu_shared_set = 1
[libvirt]
virt_type = kvm
images_type =
    raw
cpu_mode = host-passthrough

[filter_scheduler]
enabled_filters = NUMATopologyFilter
`)
  })

  it('keeps the line ends of a file written on Windows, and a missing last one', () => {
    expect(
      editConf('[compute]\r\nx = 1', [{ section: 'compute', key: 'cpu_shared_set', values: ['0'] }], FILE),
    ).toBe('[compute]\r\nx = 1\r\ncpu_shared_set = 0')
  })

  it('says which line nova would stop at', () => {
    expect(() => scanConf('[compute]\nnonsense\n', new Set(), FILE)).toThrow(
      expect.objectContaining({ code: 'bad-nova-conf', place: { file: FILE, line: 2 } }),
    )
  })
})

describe('putting nova.conf back', () => {
  it('gives every byte back when nobody else wrote', () => {
    const written = editConf(CONF, EDIT, FILE)
    expect(undo(written, CONF, written)).toEqual({ text: CONF, foreign: [] })
  })

  it('gives every byte back after a second edit, too', () => {
    const written = editConf(
      editConf(CONF, EDIT, FILE),
      [{ section: 'compute', key: 'cpu_dedicated_set', values: ['8'] }],
      FILE,
    )
    expect(undo(written, CONF, written)).toEqual({ text: CONF, foreign: [] })
  })

  it('takes out only its own lines from a file that others changed since', () => {
    const written = editConf(CONF, EDIT, FILE)
    const theirs = written
      .replace('debug = false', 'debug = true')
      .replace('virt_type = kvm', 'virt_type = kvm\nrx = 1')
    const expected = CONF.replace('debug = false', 'debug = true').replace(
      'virt_type = kvm',
      'virt_type = kvm\nrx = 1',
    )
    // Two lines of an option with a comment between: they return side by side, where the first one stood.
    const moved = expected.replace(
      'count:64\n# between two lines of one option\nreserved_huge_pages = node:1,size:2048,count:64\n',
      'count:64\nreserved_huge_pages = node:1,size:2048,count:64\n# between two lines of one option\n',
    )
    expect(undo(theirs, CONF, written)).toEqual({ text: moved, foreign: [] })
  })

  it('leaves an option alone that somebody else set since, and names it', () => {
    const written = editConf(CONF, EDIT, FILE)
    const theirs = written.replace('cpu_shared_set = 1', 'cpu_shared_set = 0-1')
    const { text, foreign } = undo(theirs, CONF, written)
    expect(foreign).toEqual(['[compute] cpu_shared_set'])
    expect(text).toContain('cpu_shared_set = 0-1\n')
    expect(text).not.toContain('host-passthrough')
  })

  const option = fc.constantFrom(...MANAGED)
  const value = fc.constantFrom('1', '2-3', 'a:b=c', '#x')
  const LINE = fc.oneof(
    fc.constantFrom(
      '',
      '# comment',
      '; other',
      'other = 1',
      'more: 2\n  and more',
      '[compute]',
      '[libvirt]',
      '[DEFAULT]',
      '[api]',
    ),
    fc.tuple(option, value).map(([{ key }, text]) => `${key} = ${text}`),
  )
  const FILES = fc
    .tuple(fc.array(LINE, { maxLength: 14 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
    .map(
      ([lines, end, ended]) =>
        ['[first]', ...lines].flatMap((line) => line.split('\n')).join(end) + (ended ? end : ''),
    )
  const EDITS = fc.uniqueArray(
    fc.tuple(option, fc.array(value, { maxLength: 3 })).map(
      ([name, values]): OptionValues => ({
        ...name,
        values: mayRepeat(name) ? values : values.slice(0, 1),
      }),
    ),
    { selector: ({ section, key }) => `${section}/${key}`, maxLength: 5 },
  )

  it('is exact for any file and any edits, and what was set is what is read', () => {
    fc.assert(
      fc.property(FILES, EDITS, EDITS, (original, first, second) => {
        const apart = takeApart(original, FILE)
        expect(putTogether(apart.rest, apart.pieces, apart.ended)).toBe(original)
        const once = editConf(original, first, FILE)
        for (const { section, key, values } of first) {
          expect(effectiveValues(scanConf(once, new Set([section]), FILE), section, key)).toEqual(values)
        }
        expect(undo(once, original, once)).toEqual({ text: original, foreign: [] })
        const twice = editConf(once, second, FILE)
        expect(undo(twice, original, twice)).toEqual({ text: original, foreign: [] })
      }),
      { numRuns: 3000 },
    )
  })
})
