import { describe, expect, test } from 'vitest'
import { describeError } from '../../../src/core/errors.ts'
import { commandLine } from '../../../src/core/profile/bootloader-line.ts'
import type { FunctionEnv } from '../../../src/core/profile/functions/env.ts'
import { type LoadOptions, loadProfile } from '../../../src/core/profile/load.ts'
import { undefinedVariables } from '../../../src/core/profile/undefined-variables.ts'
import { envWith, shelf } from '../../support/profile-shelf.ts'

const OURS = '/etc/quietcore/profiles'
const THEIRS = '/usr/lib/tuned'
const of = (text: string): Record<string, string> => ({ [`${OURS}/p/profile.conf`]: text })

function load(files: Record<string, string>, options: LoadOptions = {}, env: FunctionEnv = envWith()) {
  return loadProfile('p', shelf(files), env, options)
}

function refusal(files: Record<string, string>, options: LoadOptions = {}, names = 'p'): string {
  try {
    loadProfile(names, shelf(files), envWith(), options)
    return 'accepted'
  } catch (error) {
    return describeError(error)
  }
}

test('a profile comes out merged, expanded, with the place of everything', () => {
  const profile = load({
    [`${OURS}/p/profile.conf`]:
      '[main]\nsummary=Quiet\ninclude=base\n[variables]\ninclude=/etc/v.conf\n[sysctl]\npriority=3\nb=${cores}\n',
    [`${OURS}/base/profile.conf`]: '[main]\nsummary=Base\ndescription=D\n[sysctl]\na=1\n',
    '/etc/v.conf': 'cores=1-2\n',
  })
  const base = `${OURS}/base/profile.conf`
  const own = `${OURS}/p/profile.conf`
  expect(profile).toEqual({
    name: 'p',
    summary: 'Quiet',
    description: 'D',
    files: [base, own, '/etc/v.conf'],
    path: own,
    variables: new Map([['cores', '1-2']]),
    variablePlaces: new Map([['cores', { file: '/etc/v.conf', line: 1 }]]),
    warnings: [],
    units: [
      {
        name: 'sysctl',
        type: 'sysctl',
        priority: 3,
        enabled: true,
        devices: '*',
        options: new Map([
          ['a', { value: '1', raw: '1', place: { file: base, line: 5 } }],
          ['b', { value: '1-2', raw: '${cores}', place: { file: own, line: 8 } }],
        ]),
        place: { file: own, line: 6 },
        dir: `${OURS}/p`,
      },
    ],
  })
})

describe('what is wrong is refused with its place', () => {
  test.each<[string, Record<string, string>, string, string]>([
    ['an unknown profile', of('[main]\n'), 'pp', "there is no profile 'pp'\n  Did you mean 'p'?"],
    [
      'no profile',
      of('[main]\n'),
      ' ',
      "no profile is named\n  'quietcore list' shows the profiles of this machine.",
    ],
    [
      'a name that is none',
      of('[main]\n'),
      'p$',
      "'p$' cannot name a profile\n  A profile's name has letters, digits, '_', '.' and '-'; several are split by commas in include=.",
    ],
    [
      'an unknown include',
      of('[main]\ninclude=network-latncy'),
      'p',
      `${OURS}/p/profile.conf:2: there is no profile 'network-latncy'\n  'quietcore list' shows the profiles of this machine.`,
    ],
    [
      'an include loop',
      {
        ...of('[main]\ninclude=a'),
        [`${OURS}/a/profile.conf`]: '[main]\n\ninclude=b',
        [`${OURS}/b/profile.conf`]: '[main]\ninclude=-none,a',
      },
      'p',
      `${OURS}/b/profile.conf:2: profiles include each other without end: a -> b -> a\n  Remove one of these include= lines.`,
    ],
    [
      'a profile that includes itself',
      of('[main]\ninclude=p'),
      'p',
      `${OURS}/p/profile.conf:2: profiles include each other without end: p -> p\n  Remove one of these include= lines.`,
    ],
    [
      'an unknown function',
      of('[sysctl]\na=1\nb=${f:cpulist_unpak:1}'),
      'p',
      `${OURS}/p/profile.conf:3: there is no built-in function 'cpulist_unpak'\n  Did you mean 'cpulist_unpack'?`,
    ],
    [
      'a failed assertion',
      of('[variables]\na=1\nx=${f:assertion:online:${a}:2}'),
      'p',
      `${OURS}/p/profile.conf:3: the profile's assertion 'online' failed: '1' is not '2'\n  Correct the variable that the message names, usually in the variables file of the profile.`,
    ],
    [
      'an expression that is none',
      of('[sysctl]\ncpuinfo_regex=(x'),
      'p',
      `${OURS}/p/profile.conf:2: the regular expression '(x' cannot be used: Unterminated group\n  Write it in the syntax of Python's re module, without scoped flags, conditions or possessive quantifiers.`,
    ],
    [
      'a priority that is no number',
      of('[sysctl]\npriority=first'),
      'p',
      `${OURS}/p/profile.conf:2: the priority 'first' is no whole number\n  Units of a lower priority are applied first; the default is 0.`,
    ],
    [
      'a CPU beyond any machine',
      of('[sysctl]\na=${f:cpulist_unpack:0-99999999999}'),
      'p',
      `${OURS}/p/profile.conf:2: CPU 99999999999 is beyond any machine (the largest CPU number is 8191)`,
    ],
    [
      'variables that hold each other',
      of(
        `[variables]\na0=xxxxxxxx\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}=\${a${i}}\${a${i}}`).join('\n')}`,
      ),
      'p',
      `${OURS}/p/profile.conf:20: with the variable 'a17' this value grows over 1048576 characters`,
    ],
  ])('%s', (_, files, names, message) => {
    expect(refusal(files, {}, names)).toBe(message)
  })
})

describe('a section of an unknown type', () => {
  const knownTypes = new Set(['sysctl', 'kvm'])
  test('is refused in our own profiles', () => {
    expect(refusal(of('[sysctl]\na=1\n[sysclt]\nb=2'), { knownTypes })).toBe(
      `${OURS}/p/profile.conf:3: the section [sysclt] has the unknown type 'sysclt'\n  Known are: kvm, sysctl.`,
    )
  })
  test("is a warning in TuneD's profiles, and nothing when it is switched off", () => {
    const text = '[sysctl]\na=1\n[video]\nx=1\n[audio]\nenabled=0\n'
    expect(load({ [`${THEIRS}/p/tuned.conf`]: text }, { knownTypes }).warnings).toEqual([
      {
        code: 'unknown-section',
        message: "the section [video] has the unknown type 'video' and is left out",
        place: { file: `${THEIRS}/p/tuned.conf`, line: 3 },
      },
    ])
  })
})

describe('what TuneD 2.28 has and 2.20 has not', () => {
  test('prepend puts the new variables before the inherited ones', () => {
    const profile = load({
      ...of('[main]\ninclude=base\n[variables]\nprepend=1\nb=2\na=1\n'),
      [`${OURS}/base/profile.conf`]: '[variables]\nc=${b}\na=9\n',
    })
    expect([...profile.variables]).toEqual([
      ['b', '2'],
      ['a', '1'],
      ['c', '2'],
    ])
  })
})

describe('where we do better than TuneD', () => {
  test('a section without a script of its own does not double the inherited ones', () => {
    const profile = load({
      ...of('[main]\ninclude=base\n[script]\npriority=5\n'),
      [`${OURS}/base/profile.conf`]: '[script]\nscript=one.sh\n',
    })
    expect(profile.units[0]!.options.get('script')!.value).toBe(`${OURS}/base/one.sh`)
  })
  test('a function that gives nothing at the start of a value leaves the next one alone', () => {
    const profile = load(of('[sysctl]\na=${f:strip: }${f:strip:x}\n'))
    expect(profile.units[0]!.options.get('a')!.value).toBe('x')
  })
  test('dropping what is not there is said', () => {
    const profile = load({
      ...of('[main]\ninclude=base\n[sysctl]\ndrop=a,zz\n'),
      [`${OURS}/base/profile.conf`]: '[sysctl]\na=1\n',
    })
    expect(profile.warnings).toEqual([
      {
        code: 'drop-nothing',
        message: "[sysctl] drops 'zz', which the included profile does not have",
        place: { file: `${OURS}/p/profile.conf`, line: 4 },
      },
    ])
  })
  test('a command line over several lines is one line', () => {
    const profile = load(of('[bootloader]\ncmdline=+quiet\n  nohz=on\n\n  skew_tick=1\n'))
    expect(commandLine(profile)).toBe('quiet nohz=on skew_tick=1')
  })
})

describe("the command line's variables", () => {
  const files = {
    ...of(
      '[variables]\ninclude=/etc/v.conf\ncores=${cores}\nauto=${f:auto_isolated_cores:${cores}}\nother=7\n[sysctl]\na=${cores} ${other} ${auto}\n',
    ),
    '/etc/v.conf': 'cores=1\n',
  }
  const value = (overrides: Record<string, string>, env?: FunctionEnv): string =>
    load(files, { overrides: new Map(Object.entries(overrides)) }, env).units[0]!.options.get('a')!.value

  test('win over the variables file and over the profile', () => {
    expect(value({ cores: '2-3', other: '8' })).toBe('2-3 8 2-3')
  })
  test('are taken up by a definition that uses them', () => {
    const taken = {
      ...of('[variables]\ninclude=/etc/v.conf\ncores=${f:auto_isolated_cores:${cores}}\n'),
      '/etc/v.conf': 'cores=1\n',
    }
    const cores = (text: string): string | undefined =>
      load(taken, { overrides: new Map([['cores', text]]) }).variables.get('cores')
    expect(['auto', 'auto:2', '1,2', '0x6'].map(cores)).toEqual(['2', '2 with 2 kept', '1-2', '1-2'])
  })
  test('that are no CPU list are refused', () => {
    expect(refusal(files, { overrides: new Map([['cores', '1-x']]) })).toBe(
      `${OURS}/p/profile.conf:4: the CPU list '1-x' cannot be read: '1-x' is neither a CPU number nor a range (column 1)\n  Write it as the kernel does: numbers and ranges split by commas, for example '2-5,8'.`,
    )
    expect(refusal(files, { overrides: new Map([['cores', 'auto:no']]) })).toBe(
      `${OURS}/p/profile.conf:4: 'auto:no' does not say how many cores to leave for housekeeping\n  Write 'auto', or 'auto:2' for two whole cores on each NUMA node.`,
    )
  })
})

test('values that would be written with an undefined variable are found, whatever hides it', () => {
  const profile = load(
    of(
      '[variables]\na=${nobody}\n[sysctl]\nx=1 ${missing}\ny=${a}\nz=\\${escaped}\n[vm]\nenabled=0\nx=${missing}\n[net]\ndevices=${nic}\nq=${f:exec:no-such-program}\n[bootloader]\ncmdline=-isolcpus=${cores}\n',
    ),
  )
  const file = `${OURS}/p/profile.conf`
  expect(undefinedVariables(profile)).toEqual([
    { unit: 'sysctl', option: 'x', name: 'missing', place: { file, line: 4 } },
    { unit: 'sysctl', option: 'y', name: 'nobody', place: { file, line: 5 } },
    { unit: 'net', option: 'q', name: 'f:exec', place: { file, line: 12 } },
    { unit: 'net', option: 'devices', name: 'nic', place: { file, line: 10 } },
  ])
  expect(profile.warnings).toEqual([
    {
      code: 'not-run',
      message: "'no-such-program' was not run or failed; its place stays unexpanded",
      place: { file, line: 12 },
    },
  ])
})
