import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSuite } from '../../../src/core/suite/parse-suite.ts'
import { isInstanceName } from '../../../src/core/suite/suite-name.ts'
import { readDropIn, renderDropIn } from '../../../src/daemon/schedule/drop-in.ts'
import {
  dropInOf,
  suiteOfTimer,
  timerOfDropIn,
  timerOfSuite,
} from '../../../src/daemon/schedule/timer-units.ts'

/** Whatever the parser of suites takes for a value. */
const value = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .map((text) => text.replaceAll('\n', ' ').replaceAll('\0', ' ').trim())
  .filter((text) => text !== '')

test('whatever a suite says, its drop-in is read back as it was written, and each value stays on its line', () => {
  fc.assert(
    fc.property(value, value, fc.boolean(), (calendar, delay, idle) => {
      const text = `[suite]\non-calendar = ${calendar}\nrandomized-delay = ${delay}\nonly-when-idle = ${idle}\n[step a]\ntool = oslat\nduration = 1s\n`
      const suite = parseSuite('/etc/quietcore/suites.d/night.conf', text)
      const made = {
        source: suite.path,
        onCalendar: suite.onCalendar!,
        randomizedDelay: suite.randomizedDelay!,
        onlyWhenIdle: suite.onlyWhenIdle,
      }
      const written = renderDropIn(made)
      expect(written.split('\n')).toHaveLength(10)
      expect(readDropIn(written)).toEqual({ ...made, randomizedDelay: delay === '0' ? null : delay })
    }),
  )
})

test('names of units lead to their drop-ins and back', () => {
  const first = fc.constantFrom(...'abcXYZ019_')
  const rest = fc.string({ unit: fc.constantFrom(...'abcXYZ019:_.@-'), maxLength: 127 })
  fc.assert(
    fc.property(first, rest, (head, tail) => {
      const name = `${head}${tail}`
      expect(isInstanceName(name)).toBe(true)
      expect(suiteOfTimer(timerOfDropIn(dropInOf(timerOfSuite(name))))).toBe(name)
    }),
  )
})

test.each(['', '-x', '.hidden', 'a b', 'a/b', '..', 'a\\x20b', 'ä', 'a\nb', '%i', 'x'.repeat(129)])(
  '%j is no name that a unit carries as it is',
  (name) => expect(isInstanceName(name)).toBe(false),
)

test('a file that quietcore did not write is not read as one', () => {
  expect(readDropIn('[Timer]\nOnCalendar=daily\n')).toBe(undefined)
})
