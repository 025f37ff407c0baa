import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeError, InputError } from '../../../src/core/errors.ts'
import { pythonRegex } from '../../../src/core/profile/python-regex.ts'

const place = { file: '/p', line: 1 }
const found = (source: string, text: string, multiline = false): boolean | string => {
  try {
    return pythonRegex(source, place, { multiline }).test(text)
  } catch (error) {
    if (error instanceof InputError) return 'refused'
    throw error
  }
}

test('what Python has and we have not is refused with the place', () => {
  for (const source of ['a++', '(?>a)', '(?i:a)b', '(a)?(?(1)b|c)', 'a\\q', '[a', 'a\\']) {
    expect(found(source, 'a'), source).toBe('refused')
  }
  try {
    pythonRegex('a\\q', place)
  } catch (error) {
    expect(describeError(error)).toBe(
      "/p:1: the regular expression 'a\\q' cannot be used: the escape '\\q' is not known\n  Write it in the syntax of Python's re module, without scoped flags, conditions or possessive quantifiers.",
    )
  }
})

describe.skipIf(!existsSync('/usr/bin/python3'))('random expressions find what they find in Python', () => {
  const SCRIPT = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
answers = []
for source, text, multiline in json.load(sys.stdin):
    try:
        answers.append(re.search(source, text, re.MULTILINE if multiline else 0) is not None)
    except (re.error, OverflowError):
        answers.append("refused")
json.dump(answers, sys.stdout)`
  const atom = fc.constantFrom(
    ...[
      'a',
      'B',
      '1',
      ' ',
      '_',
      'é',
      '.',
      '^',
      '$',
      '\\b',
      '\\B',
      '\\w',
      '\\W',
      '\\d',
      '\\s',
      '\\S',
      '\\A',
      '\\Z',
      '\\.',
      '\\-',
      '\\/',
      '\\n',
      '\\x41',
    ],
    ...[
      '[ab]',
      '[^a]',
      '[]a]',
      '[^]a]',
      '[a-c]',
      '[\\w-]',
      '[a\\-c]',
      '[y,Y,1,t,T]',
      '[-a]',
      '[a[]',
      '[.$]',
      '{',
      '}',
      ']',
      '{a}',
      'a{2}',
      'a{,2}',
      'a{1,}',
      '-',
      ':',
      '=',
      '"',
    ],
    ...[
      '(?:a|b)',
      '(a)',
      '(?P<n>a)',
      '|',
      '(?=a)',
      '(?!a)',
      '(?<=a)',
      '(?<!a)',
      '(?#x)',
      'a*',
      'a+?',
      'b?',
      '(',
      ')',
    ],
  )
  const expression = fc
    .tuple(
      fc.constantFrom('', '', '', '(?i)', '(?s)', '(?m)'),
      fc.array(atom, { minLength: 1, maxLength: 4 }),
    )
    .map(([flags, atoms]) => flags + atoms.join(''))
  const text = fc
    .array(
      fc.constantFrom('a', 'b', 'B', '1', ' ', '\n', '_', 'é', 'A', '{', '}', ']', '-', '.', '\t', '\u2028'),
      { maxLength: 5 },
    )
    .map((parts) => parts.join(''))

  test('4000 of them', () => {
    const cases = fc.sample(fc.tuple(expression, text, fc.boolean()), { numRuns: 4000, seed: 5 })
    const answers: (boolean | string)[] = JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', SCRIPT], { input: JSON.stringify(cases), encoding: 'utf8' }),
    )
    const different = cases.flatMap(([source, subject, multiline], i) => {
      const ours = found(source, subject, multiline)
      // until 3.14 Python's \\B does not stand in an empty text
      const oldQuirk = subject === '' && source.includes('\\B')
      return ours === answers[i] || oldQuirk ? [] : [{ source, subject, multiline, ours, theirs: answers[i] }]
    })
    expect(different).toEqual([])
  })
})
