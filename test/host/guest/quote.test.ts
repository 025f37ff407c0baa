import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoteWords } from '../../../src/host/guest/quote.ts'

const WORDS = [
  'plain-word_1.2:/@%+,=x',
  '',
  'two words',
  "it's",
  "'",
  '"$HOME" `id` $(id) \\ ! * ? [a] {a,b} ~ # & ; | < > ( )',
  '=ls',
  '~root',
  '-n',
  'ü €\t.',
]
const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'fish'].filter((shell) =>
  ['/bin', '/usr/bin'].some((folder) => existsSync(`${folder}/${shell}`)),
)

/** The words as the shell hands them to a program, apart by NUL. */
function readBack(shell: string, words: readonly string[]): string[] {
  const said = execFileSync(shell, ['-c', `printf '%s\\0' ${quoteWords(words)}`], { encoding: 'utf8' })
  return said.split('\0').slice(0, -1)
}

test.each(SHELLS)('%s reads every word back as it was', (shell) => {
  expect(readBack(shell, WORDS)).toEqual(WORDS)
})

test('sh reads any words back', () => {
  const word = fc.string({ unit: 'grapheme-ascii', maxLength: 30 }).filter((text) => !/[\0\r\n]/.test(text))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      expect(readBack('sh', words)).toEqual(words)
    }),
    { numRuns: 100 },
  )
})

test('words that a shell would not keep are quoted, others stay readable', () => {
  expect(quoteWords(['quietcore', 'validate', "it's", '--json'])).toBe(`quietcore validate 'it'\\''s' --json`)
})

test('a line break or NUL is refused', () => {
  for (const word of ['a\nb', 'a\0b', 'a\rb'])
    expect(() => quoteWords([word])).toThrow('a word for the guest holds a line break or NUL')
})
