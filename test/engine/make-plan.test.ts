import { expect, test } from 'vitest'
import { makePlan } from '../../src/engine/make-plan.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { resolveProfile } from '../../src/engine/resolve-profile.ts'
import { machineDir } from '../support/machine-dir.ts'
import { makeMachine } from '../support/made-machine.ts'

const UNCORE = '/sys/devices/system/cpu/intel_uncore_frequency'

function plan(profiles: Record<string, string>, files: Record<string, string> = {}) {
  const texts = Object.entries(profiles).map(([name, text]) => [`/usr/lib/tuned/${name}/tuned.conf`, text])
  const machine = openMachine(
    makeMachine(machineDir().dir, { cpus: 4, files: { ...files, ...Object.fromEntries(texts) } }),
  )
  return makePlan(resolveProfile({ name: 'p', overrides: {} }, machine), machine)
}

test('a device belongs to the first section of its type that chooses it, as in the example of TuneD', () => {
  const files = Object.fromEntries(
    ['uncore09', 'uncore10'].flatMap((device) => [
      [`${UNCORE}/${device}/initial_min_freq_khz`, '800000\n'],
      [`${UNCORE}/${device}/initial_max_freq_khz`, '4800000\n'],
      [`${UNCORE}/${device}/max_freq_khz`, '4800000\n'],
    ]),
  )
  const text = `[uncore10]
type=uncore
devices=uncore10
max_freq_khz=4000000
[uncore_all]
type=uncore
max_freq_khz=90%
`
  const wanted = (p: string) => plan({ p }, files).settings.map(({ target, want }) => [target, want])
  const expected = [
    [`${UNCORE}/uncore10/max_freq_khz`, '4000000'],
    [`${UNCORE}/uncore09/max_freq_khz`, '4400000'],
  ]
  expect(wanted(text)).toEqual(expected)
  expect(wanted(text.replace('[uncore_all]', '[uncore_all]\npriority=-1')).sort()).toEqual([
    [`${UNCORE}/uncore09/max_freq_khz`, '4400000'],
    [`${UNCORE}/uncore10/max_freq_khz`, '4400000'],
  ])
})

test('of two sections that set one file the later one counts', () => {
  const file = '/sys/kernel/mm/ksm/run'
  const p = `[a]\ntype=sysfs\n${file}=0\n[b]\ntype=sysfs\n${file}=2\n`
  expect(plan({ p }, { [file]: '1\n' }).settings.map(({ want }) => want)).toEqual(['2'])
})

test('a parameter that a profile and what it includes both want stands once on the line of the plan', () => {
  const base = '[bootloader]\ncmdline_base=skew_tick=1 nohz=on\n'
  const p = '[main]\ninclude=base\n[bootloader]\ncmdline_p=+nosmt skew_tick=1\n'
  expect(plan({ base, p }).cmdline.wanted).toBe('nohz=on nosmt skew_tick=1')
})
