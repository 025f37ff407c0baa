import { describe, expect, it } from 'vitest'
import { describeError } from '../../../src/core/errors.ts'
import { parseServiceConfig } from '../../../src/core/service/parse-service-config.ts'
import { DEFAULT_SERVICE_CONFIG } from '../../../src/core/service/service-config.ts'

const FILE = '/etc/quietcore/quietcore.conf'

describe('quietcore.conf', () => {
  it('that says nothing has the defaults', () => {
    expect(parseServiceConfig('')).toEqual(DEFAULT_SERVICE_CONFIG)
    expect(parseServiceConfig('# a comment\n[service]\n[history]\n')).toEqual(DEFAULT_SERVICE_CONFIG)
  })

  it('gives every option its meaning, with the place of what is checked later', () => {
    const text = `[service]
profile = realtime-virtual-host
drift = mend
verify = *:0/15
log-level = debug
[history]
keep-runs = 7
keep-days = 90
`
    expect(parseServiceConfig(text)).toEqual({
      profile: { name: 'realtime-virtual-host', place: { file: FILE, line: 2 } },
      drift: 'mend',
      verifyOnCalendar: { expression: '*:0/15', place: { file: FILE, line: 4 } },
      logLevel: 'debug',
      keepRuns: 7,
      keepDays: 90,
    })
  })

  it('verify = off verifies only when it is asked', () => {
    const { verifyOnCalendar: _, ...rest } = DEFAULT_SERVICE_CONFIG
    expect(parseServiceConfig('[service]\nverify = off\n')).toEqual(rest)
  })

  it('leaves the defaults as they are for the next text', () => {
    parseServiceConfig('[service]\nverify = off\ndrift = mend\n')
    expect(parseServiceConfig('')).toEqual({
      drift: 'report',
      verifyOnCalendar: { expression: 'hourly', place: { file: FILE } },
      keepRuns: 30,
      keepDays: 365,
      logLevel: 'info',
    })
  })

  it.each([
    ['[servce]\n', '1: [servce] is no section of quietcore.conf\n  It has [service] and [history].'],
    ['[service x]\n', '1: [service x] is no section of quietcore.conf\n  It has [service] and [history].'],
    [
      '[service]\n\nprofil = x\n',
      "3: 'profil' is no option of [service]\n  It has: profile, drift, verify, log-level.",
    ],
    [
      '[service]\nconstructor = x\n',
      "2: 'constructor' is no option of [service]\n  It has: profile, drift, verify, log-level.",
    ],
    ['[service]\nprofile =\n', '2: profile = names no profile\n  Remove the line, or name one.'],
    ['[service]\ndrift = Mend\n', '2: drift = Mend: wanted one of report, mend'],
    ['[service]\nverify =\n', "2: verify = is empty\n  Write a calendar such as 'hourly', or 'off'."],
    ['[service]\nlog-level = loud\n', '2: log-level = loud: wanted one of debug, info, warn, error'],
    ['[history]\nkeep-runs = 0\n', '2: keep-runs = 0: wanted a whole number from 1 to 1000000'],
    ['[history]\nkeep-days = 1e3\n', '2: keep-days = 1e3: wanted a whole number from 1 to 36500'],
    [
      '[history]\nkeep-days = 1\nkeep-days = 2\n',
      "3: 'keep-days' is set twice in one section (first on line 2)\n  Keep one of the two.",
    ],
    ['profile = x\n', '1: an option stands before the first [section]'],
  ])('%j is refused with its line', (text, message) => {
    let said = ''
    try {
      parseServiceConfig(text)
    } catch (error) {
      said = describeError(error)
    }
    expect(said).toBe(`${FILE}:${message}`)
  })
})
