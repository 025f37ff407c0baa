import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { oneLine, quoteForGrub, unquoteFromGrub } from '../../src/boot/quote.ts'
import { madeRoot, put } from './support/made-root.ts'

/** What GRUB itself makes of the words: its own program runs a menu file that prints them, one a line. */
function grubReads(words: readonly string[]): string[] {
  const dir = madeRoot({})
  put(dir, '/grub.cfg', `${words.map((word, i) => `echo "<${i}>" ${word}`).join('\n')}\nexit\n`)
  const { stdout } = spawnSync('script', ['-qec', 'grub-emu -d .', '/dev/null'], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, TERM: 'dumb' },
    timeout: 30_000,
  })
  const lines = stdout.split('\r').map((line) => line.replaceAll('\n', ''))
  return words.map((_, i) => lines.find((line) => line.includes(`<${i}> `))?.replace(/^.*?<\d+> /, '') ?? '')
}

describe('quoting for GRUB', () => {
  test('escapes what its script language would take for itself, and is undone exactly', () => {
    expect(quoteForGrub('memmap=4G$8G dyndbg="file x.c +p; $y" a;b')).toBe(
      'memmap=4G\\$8G dyndbg="file x.c +p; \\$y" a\\;b',
    )
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(unquoteFromGrub(quoteForGrub(any))).toBe(any)
      }),
    )
  })

  test.skipIf(!existsSync('/usr/bin/grub-emu') || !existsSync('/usr/bin/script'))(
    'is read by GRUB itself as the parameter that was meant (it takes the double quotes, and puts them back for the kernel)',
    () => {
      const letter = fc.constantFrom(
        'a',
        '=',
        '$',
        '\\',
        ';',
        '&',
        '|',
        '<',
        '>',
        '{',
        '}',
        "'",
        '#',
        '!',
        '*',
        '`',
        '~',
        '(',
      )
      const plain = fc.string({ unit: letter, minLength: 1, maxLength: 12 })
      const quoted = fc
        .string({ unit: fc.oneof(letter, fc.constant(' ')), maxLength: 12 })
        .map((text) => `v="${text}"`)
      const parameters = fc.sample(fc.oneof(plain, quoted), 300).map((text) => oneLine(`p${text}`))
      expect(grubReads(parameters.map(quoteForGrub))).toEqual(
        parameters.map((text) => text.replaceAll('"', '')),
      )
    },
  )
})
