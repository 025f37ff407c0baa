import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinCommandLine } from '../../../src/core/profile/bootloader-line.ts'

const line = (...values: string[]): string =>
  joinCommandLine(values.map((value, i) => [`cmdline_${i}`, value]))

test.each([
  [['+a b', 'c'], 'a b c'],
  [['+a b c', '-b'], 'a c'],
  [['+a', '-b', '+b'], 'a b'],
  [['isolcpus=1 isolcpus=11', '-isolcpus=1'], 'isolcpus=11'],
  [['x x x', '-x'], ''],
  [['\\+a', '\\-b', '\\\\c'], '+a -b \\c'],
  [['a.c abc', '-a.c'], 'abc'],
  [['+', '-', '', ' a  b '], 'a  b'],
])('%j make %j', (values, expected) => {
  expect(line(...values)).toBe(expected)
})

test('other options are no parameters', () => {
  expect(
    joinCommandLine([
      ['initrd_add_dir', '/x'],
      ['cmdline', 'a'],
      ['cmd', 'b'],
      ['cmdlines', 'c'],
    ]),
  ).toBe('a c')
})

test('what is removed is gone, whatever it looks like, and the rest stays', () => {
  const token = fc.string({ unit: fc.constantFrom(...'ab.*+?^$(){}[]|\\=,'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(token, { maxLength: 6 }), token, (tokens, gone) => {
      const left = line(`+ ${tokens.join(' ')}`, `- ${gone}`)
      expect(left.split(' ').filter(Boolean)).toEqual(tokens.filter((one) => one !== gone))
    }),
  )
})
