import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import { commandLine } from '../../../src/core/profile/bootloader-line.ts'
import { FUNCTIONS } from '../../../src/core/profile/functions/functions.ts'
import { loadProfile } from '../../../src/core/profile/load.ts'
import { undefinedVariables } from '../../../src/core/profile/undefined-variables.ts'
import { envWith, shelf } from '../../support/profile-shelf.ts'

/** Pieces that mean something, and anything at all between them. */
const piece = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...[
        '\n',
        '\n',
        '\n',
        '\n  ',
        '\r\n',
        '[main]\n',
        '[variables]\n',
        '[sysctl]\n',
        '[script]\n',
        '[bootloader]\n',
        '[x',
      ],
      ...[
        'include=',
        'include=p',
        'include=/etc/v.conf',
        'cmdline=',
        'priority=',
        'cpuinfo_regex=',
        'drop=',
        'replace=1',
        'a=',
        'b=',
      ],
      ...[
        '${',
        '}',
        '${a}',
        '${b}',
        '\\${a}',
        '\\\\',
        '\\:',
        ':',
        ',',
        ';',
        '#',
        '-',
        '+',
        '0-3',
        '^',
        '0xf',
        '99999999999',
        '(',
        '[',
        '*',
        '\\d',
      ],
      ...FUNCTIONS.map(({ name }) => `\${f:${name}:`),
    ),
  },
)
const anyText = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))

test('any text as profile and as variables file loads, or is refused with a place', {
  timeout: 120_000,
}, () => {
  let loaded = 0
  fc.assert(
    fc.property(anyText, anyText, anyText, (own, base, variables) => {
      const library = shelf({ '/a/p/profile.conf': own, '/b/p/profile.conf': base, '/etc/v.conf': variables })
      try {
        const profile = loadProfile('p', library, envWith(), {
          overrides: new Map([['b', own.slice(0, 20)]]),
        })
        expect(commandLine(profile)).not.toContain('\n')
        undefinedVariables(profile)
        loaded++
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        expect(error.place).toEqual({ file: expect.any(String), line: expect.any(Number) })
      }
    }),
    { numRuns: 5000 },
  )
  expect(loaded).toBeGreaterThan(50)
})
