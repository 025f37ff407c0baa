import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeError, InputError } from '../../../src/core/errors.ts'
import { parseProfile } from '../../../src/core/profile/parse.ts'

function refusal(text: string, headerless = false): string {
  try {
    parseProfile(text, '/etc/p.conf', { headerless })
    return 'accepted'
  } catch (error) {
    return describeError(error)
  }
}

test('every option knows its line, also after a byte order mark and Windows line ends', () => {
  const text = '\ufeff# first\r\n[main]\r\nsummary=S\r\n\r\n[sysctl]\r\na=1\r\n  2\r\n# no\r\nb=3 # three\r\n'
  expect(parseProfile(text, '/p')).toEqual([
    {
      name: 'main',
      place: { file: '/p', line: 2 },
      options: new Map([['summary', { value: 'S', place: { file: '/p', line: 3 } }]]),
    },
    {
      name: 'sysctl',
      place: { file: '/p', line: 5 },
      options: new Map([
        ['a', { value: '1\n2', place: { file: '/p', line: 6 } }],
        ['b', { value: '3', place: { file: '/p', line: 9 } }],
      ]),
    },
  ])
})

test('a variables file needs no section, and a name may stand alone', () => {
  expect(parseProfile('a=1\nalone\n[x]\nb=2', '/v', { headerless: true })).toEqual([
    {
      name: '',
      place: { file: '/v' },
      options: new Map([
        ['a', { value: '1', place: { file: '/v', line: 1 } }],
        ['alone', { value: null, place: { file: '/v', line: 2 } }],
      ]),
    },
    {
      name: 'x',
      place: { file: '/v', line: 3 },
      options: new Map([['b', { value: '2', place: { file: '/v', line: 4 } }]]),
    },
  ])
})

describe('what is no profile is refused with file and line', () => {
  test.each([
    ['a=1\n', "/etc/p.conf:1: 'a=1' stands before any section\n  A profile begins with '[main]'."],
    [
      '[main]\n\nsummary\n',
      "/etc/p.conf:3: 'summary' has no '='\n  Write 'name=value'; a longer value continues on indented lines.",
    ],
    [
      '[main\nsummary=1',
      "/etc/p.conf:1: the section header '[main' has no closing ']'\n  Write '[name]' on a line of its own.",
    ],
    ['[]', "/etc/p.conf:1: a section has no name\n  Write '[name]', such as '[sysctl]'."],
    ['[a]\n=1', "/etc/p.conf:2: '=1' has no name before the '='\n  Write 'name=value'."],
    ['[a]\nb=\u0007', '/etc/p.conf:2: a control character (U+0007) stands here\n  Remove it.'],
    ['[a]\n# \0', '/etc/p.conf:2: a NUL character stands here\n  Is this a text file?'],
  ])('%j', (text, message) => {
    expect(refusal(text)).toBe(message)
  })

  test('a continuation of a name without value, in a variables file', () => {
    expect(refusal('a\n  1', true)).toBe(
      "/etc/p.conf:2: '1' continues a name that has no value\n  Write 'name=value', or begin the line at the margin.",
    )
  })
})

test('any text is parsed or refused with a line', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('[main]', 'a=1', ' b', '[', ']', '=', '# c', '\t', '[x]=1'),
  )
  fc.assert(
    fc.property(fc.array(line), fc.boolean(), (lines, headerless) => {
      try {
        parseProfile(lines.join('\n'), '/p', { headerless })
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
        expect((error as InputError).place).toEqual({ file: '/p', line: expect.any(Number) })
      }
    }),
    { numRuns: 2000 },
  )
})

test('ten thousand long lines take no longer than their length', () => {
  const text = `[a]\nx=1\n${`  ${'# '.repeat(200)}\\\${f:\n`.repeat(10_000)}`
  expect(parseProfile(text, '/p')[0]!.options.get('x')!.value).toBe('1')
})
