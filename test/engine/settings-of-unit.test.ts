import { expect, test } from 'vitest'
import { makePlan } from '../../src/engine/make-plan.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { resolveProfile } from '../../src/engine/resolve-profile.ts'
import { machineDir } from '../support/machine-dir.ts'
import { makeMachine } from '../support/made-machine.ts'

const BAD = `[sysfs]
vm.hugepages_treat_as_movable=0
/sys/kernel/mm/ksm/run=2
[cpu]
force_latency=cstate.menu:LATENCY_C1
[sysctl]
vm.swappiness=>many
`

function plan(name: string, files: Record<string, string>) {
  const machine = openMachine(
    makeMachine(machineDir().dir, {
      cpus: 4,
      files: { '/proc/sys/vm/swappiness': '60\n', '/sys/kernel/mm/ksm/run': '1\n', ...files },
    }),
  )
  return makePlan(resolveProfile({ name, overrides: {} }, machine), machine)
}

const FOREIGN = '/usr/lib/tuned/far/tuned.conf'
const OWN = '/etc/quietcore/profiles/own/profile.conf'
const leftOut = (line: number, what: string) => ({
  code: 'bad-option',
  message: `${FOREIGN}:${line}: ${what}`,
  place: { file: FOREIGN, line },
})
const ALL_LEFT_OUT = [
  leftOut(
    2,
    "[sysfs] vm.hugepages_treat_as_movable is left out: 'vm.hugepages_treat_as_movable' is no file of /sys",
  ),
  leftOut(
    5,
    "[cpu] force_latency is left out: 'cstate.menu:LATENCY_C1' in force_latency=cstate.menu:LATENCY_C1 is no C-state limit",
  ),
  leftOut(7, "[sysctl] vm.swappiness is left out: '>many' is not a number"),
]

test("a bad option of TuneD's directories is left out with a warning, and the rest is planned", () => {
  const { settings, warnings } = plan('far', { [FOREIGN]: BAD })
  expect(warnings).toEqual(ALL_LEFT_OUT)
  expect(settings.map(({ id, want }) => `${id}=${want}`)).toEqual(['sysfs:/sys/kernel/mm/ksm/run=2'])
})

test('so is one that a profile of our own directories includes', () => {
  const own = '[main]\ninclude=far\n[sysfs]\n/sys/kernel/mm/ksm/run=0\n'
  const { settings, warnings } = plan('own', { [FOREIGN]: BAD, [OWN]: own })
  expect(warnings).toEqual(ALL_LEFT_OUT)
  expect(settings.map(({ id, want }) => `${id}=${want}`)).toEqual(['sysfs:/sys/kernel/mm/ksm/run=0'])
})

test('a bad option of our own directories is an error, whatever it includes', () => {
  const own = '[main]\ninclude=far\n[cpu]\nforce_latency=cstate.menu:LATENCY_C1\n'
  expect(() => plan('own', { [FOREIGN]: BAD, [OWN]: own })).toThrow(
    expect.objectContaining({ code: 'bad-force-latency', exitCode: 2, place: { file: OWN, line: 4 } }),
  )
})

test.each([
  ['ps_blacklist', '[scheduler]\nisolated_cores=2-3\nps_blacklist=(\n', 3],
  ['an open quote on the kernel command line', '[bootloader]\ncmdline=dyndbg="file x\n', 2],
])('%s is an error there too, because the rest would then do what is not meant', (_what, text, line) => {
  expect(() => plan('far', { [FOREIGN]: text })).toThrow(
    expect.objectContaining({ exitCode: 2, place: { file: FOREIGN, line } }),
  )
})
