import { describe, expect, test } from 'vitest'
import { FUNCTIONS } from '../../../src/core/profile/functions/functions.ts'
import { loadProfile } from '../../../src/core/profile/load.ts'
import { envWith, FOUR_CPUS, shelf } from '../../support/profile-shelf.ts'

/** A machine with programs and files for the functions that look at them. */
const env = envWith({
  exec: (argv) =>
    ({ 'uname -r': '6.1.0\n', lscpu: 'Vendor ID:  GenuineIntel\nThread(s) per core:  2\n' })[argv.join(' ')],
  readText: (path) =>
    ({
      '/sys/devices/cpu/caps/pmu_name': 'icelake\n',
      '/sys/devices/system/cpu/intel_uncore_frequency/uncore00/package_id': '0\n',
      '/sys/devices/system/cpu/intel_uncore_frequency/uncore01/package_id': '1\n',
    })[path],
  list: () => ['uncore00', 'uncore01', 'package_00_die_00'],
})

function expand(text: string, one = env): { value: string; warnings: string[] } {
  const profile = loadProfile('p', shelf({ '/p/profile.conf': `[sysctl]\nx=${text}\n` }), one)
  return {
    value: profile.units[0]!.options.get('x')!.value,
    warnings: profile.warnings.map(({ message }) => message),
  }
}

test('there are 26, each under its own name, in the order of the alphabet', () => {
  const names = FUNCTIONS.map(({ name }) => name)
  expect(names).toHaveLength(26)
  expect(names).toEqual([...new Set(names)].sort())
})

// CPUs 0-2 are online, 3 is offline, 2 is isolated
test.each([
  ['${f:assertion:same:1:1}', '${f:assertion:same:1:1}'],
  ['${f:assertion_non_equal:other:1:2}', '${f:assertion_non_equal:other:1:2}'],
  ['${f:auto_isolated_cores:auto}', '2'],
  ['${f:auto_isolated_cores:auto:2}', '2 with 2 kept'],
  ['${f:auto_isolated_cores:1,2,3,7}', '1-3,7'],
  ['${f:auto_isolated_cores:}', ''],
  ['${f:calc_isolated_cores}', '1,2'],
  ['${f:calc_isolated_cores:2}', '2'],
  ['${f:check_net_queue_count:4}', '4'],
  ['${f:cpuinfo_check:AuthenticAMD:amd:GenuineIntel:intel:none}', 'intel'],
  ['${f:cpuinfo_check:AuthenticAMD:amd:none}', 'none'],
  ['${f:cpuinfo_check:AuthenticAMD:amd}', ''],
  ['${f:cpulist2devs:1-3}', 'cpu1,cpu2,cpu3'],
  ['${f:cpulist2hex:0-3,32}', '00000001,0000000f'],
  ['${f:cpulist2hex_invert:1}', '00000005'],
  ['${f:cpulist_invert:0,3}', '1,2'],
  ['${f:cpulist_online:1-5}', '1,2'],
  ['${f:cpulist_pack:1,2,3,5}', '1-3,5'],
  ['${f:cpulist_present:2-9}', '2,3'],
  ['${f:cpulist_unpack:1-3,^2,0x30}', '1,3,4,5'],
  ['${f:strip:${f:exec:uname:-r}}', '6.1.0'],
  ['${f:strip:${f:exec:mktemp:-d}}', '/run/quietcore/tmp'],
  ['${f:strip:${f:exec:/usr/bin/mktemp}}', '/run/quietcore/tmp'],
  ['${f:hex2cpulist:00000001,0000000f}', '0,1,2,3,32'],
  ['${f:intel_recommended_pstate}', 'active'],
  ['${f:kb2s:128}', '256'],
  ['${f:lscpu_check:^Thread.*2$:smt:single}', 'smt'],
  ['${f:package2cpus:0}', 'cpu0,cpu1,cpu2'],
  ['${f:package2cpus:[0-1]}', 'cpu0,cpu1,cpu2'],
  ['${f:package2cpus:1}', '${f:package2cpus:1}'],
  ['${f:package2uncores:1}', 'uncore01'],
  ['${f:package2uncores:*}', 'uncore00,uncore01'],
  ['${f:regex_search_ternary:Y:\\b[y,Y,1,t,T]\\b:managed_irq,:}', 'managed_irq,'],
  ['${f:s2kb:256}', '128'],
  ['${f:strip: a:b }', 'ab'],
  ['${f:virt_check:guest:host}', 'host'],
])('%s => %s', (text, value) => {
  expect(expand(text)).toEqual({ value, warnings: [] })
})

describe('what a function cannot do is said', () => {
  test.each([
    [
      '${f:check_net_queue_count:}',
      '2',
      'netdev_queue_count is not set: 2 queues, one for each housekeeping CPU',
    ],
    ['${f:log:a:b}', 'ab', 'the profile says: ab'],
    ['${f:cpulist_unpack:1-x}', '', "the CPU list '1-x' cannot be read and counts as empty"],
    ['${f:hex2cpulist:xyz}', '', "'xyz' is not a hexadecimal CPU mask and counts as empty"],
    ['${f:kb2s:1:2}', '${f:kb2s:1:2}', "the function 'kb2s' takes 1 arguments, not 2; left as written"],
    [
      '${f:calc_isolated_cores:-1}',
      '${f:calc_isolated_cores:-1}',
      "calc_isolated_cores takes the number of CPUs to keep, not '-1'",
    ],
    [
      'a}${f:kb2s:1}',
      'a}${f:kb2s:1}',
      "'a}${f:kb2s:1}' has a '}' too many; functions after it are not expanded",
    ],
  ])('%s', (text, value, warning) => {
    expect(expand(text)).toEqual({ value, warnings: [warning] })
  })
})

test('a virtual machine and an old CPU get the other answers', () => {
  const guest = envWith({ facts: { ...FOUR_CPUS, virtualization: 'kvm' }, readText: () => 'skylake\n' })
  expect(expand('${f:virt_check:guest:host} ${f:intel_recommended_pstate}', guest).value).toBe(
    'guest disable',
  )
  expect(expand('${f:intel_recommended_pstate}', envWith()).value).toBe('disable')
})
