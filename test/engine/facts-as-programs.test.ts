import { describe, expect, test } from 'vitest'
import { factsAsProgram } from '../../src/engine/facts-as-programs.ts'
import { functionEnv } from '../../src/engine/function-env.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { resolveProfile } from '../../src/engine/resolve-profile.ts'
import { machineDir } from '../support/machine-dir.ts'
import { type MachineSpec, makeMachine } from '../support/made-machine.ts'

const HOST: MachineSpec = {
  cpus: 8,
  nodes: 2,
  threadsPerCore: 2,
  offline: '7',
  isolated: '2-3',
  kernelRelease: '5.14.0-427.13.1.el9_4.x86_64+rt',
  hostname: 'worker-0',
  realtime: true,
  flags: 'fpu vmx',
}
const machine = (more: Partial<MachineSpec> = {}) =>
  openMachine(makeMachine(machineDir().dir, { ...HOST, ...more }))

describe("a program's answer, from the facts of a machine under --root", () => {
  test.each([
    ['uname', 'Linux\n'],
    ['uname -r', '5.14.0-427.13.1.el9_4.x86_64+rt\n'],
    ['/usr/bin/uname -m', 'x86_64\n'],
    ['uname -mrs', 'Linux 5.14.0-427.13.1.el9_4.x86_64+rt x86_64\n'],
    ['uname --kernel-release', '5.14.0-427.13.1.el9_4.x86_64+rt\n'],
    [
      'uname -a',
      'Linux worker-0 5.14.0-427.13.1.el9_4.x86_64+rt #1 SMP PREEMPT_RT Debian 6.1 x86_64 GNU/Linux\n',
    ],
    ['uname -z', undefined],
    ['nproc', '5\n'],
    ['nproc --all', '8\n'],
    ['nproc --ignore=1', undefined],
    ['lscpu -J', undefined],
    ['cat /proc/cpuinfo', undefined],
  ])('%s', (command, answer) => {
    expect(factsAsProgram(command.split(' '), machine().facts)).toBe(answer)
  })

  test('lscpu', () => {
    const { facts } = machine()
    expect(factsAsProgram(['lscpu'], facts)!.replace(/: +/g, ': ')).toBe(`Architecture: x86_64
CPU(s): 8
On-line CPU(s) list: 0-6
Vendor ID: GenuineIntel
Model name: Intel(R) Xeon(R) Gold 6338N CPU @ 2.20GHz
CPU family: 6
Model: 106
Thread(s) per core: 2
Core(s) per socket: 2
Socket(s): 2
Stepping: 6
Flags: fpu vmx
Virtualization: VT-x
NUMA node(s): 2
NUMA node0 CPU(s): 0-1,4-5
NUMA node1 CPU(s): 2-3,6
`)
  })

  test('lscpu names the vendor of an Arm CPU by its implementer', () => {
    const { facts } = machine()
    const arm = {
      ...facts,
      cpuinfo: 'processor\t: 0\nCPU implementer\t: 0x41\n',
      cpu: { ...facts.cpu, vendor: '' },
    }
    expect(factsAsProgram(['lscpu'], arm)).toMatch(/^Vendor ID: +ARM$/m)
  })
})

test("another machine's kernel is never the one that runs here, even where its tree has a uname", () => {
  const made = machine({ files: { '/usr/bin/uname': '#!/bin/sh\necho 1.2.3\n' } })
  expect(functionEnv(made).exec(['uname', '-r'])).toBe('5.14.0-427.13.1.el9_4.x86_64+rt\n')
  expect(functionEnv(made).exec(['no-such-program'])).toBeUndefined()
})

test('an include that asks for the kernel and the vendor, as OpenShift writes it, is found', () => {
  const include =
    'include=base${f:regex_search_ternary:${f:exec:uname:-r}:rt:,node-rt:};\n' +
    '  node-${f:lscpu_check:Vendor ID\\:\\s*GenuineIntel:intel:Vendor ID\\:\\s*AuthenticAMD:amd}' +
    '-${f:lscpu_check:Architecture\\:\\s*x86_64:x86:Architecture\\:\\s*aarch64:aarch64}\n'
  const profiles = { base: '', 'node-rt': '', 'node-intel-x86': '', top: include }
  const files = Object.fromEntries(
    Object.entries(profiles).map(([name, text]) => [`/usr/lib/tuned/${name}/tuned.conf`, `[main]\n${text}`]),
  )
  expect(resolveProfile({ name: 'top', overrides: {} }, machine({ files })).files).toEqual(
    ['base', 'node-rt', 'node-intel-x86', 'top'].map((name) => `/usr/lib/tuned/${name}/tuned.conf`),
  )
})

test.each([
  [
    'is included where there is such a file',
    { '/var/lib/ocp-tuned/provider': 'aws' },
    ['provider-aws', 'top'],
  ],
  ['is passed over where there is none', {}, ['top']],
])('the provider that OpenShift names in a file %s', (_what, files, names) => {
  const include = 'include=-provider-${f:exec:cat:/var/lib/ocp-tuned/provider}\n'
  const all = {
    ...files,
    '/usr/lib/tuned/provider-aws/tuned.conf': '[main]\n',
    '/usr/lib/tuned/top/tuned.conf': `[main]\n${include}`,
  }
  expect(resolveProfile({ name: 'top', overrides: {} }, machine({ files: all })).files).toEqual(
    names.map((name) => `/usr/lib/tuned/${name}/tuned.conf`),
  )
})
