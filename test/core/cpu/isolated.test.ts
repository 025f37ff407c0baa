import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkIsolated } from '../../../src/core/cpu/check-isolated.ts'
import { chooseIsolatedCores } from '../../../src/core/cpu/choose-isolated.ts'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { CpuFacts } from '../../../src/core/facts.ts'
import { collectFacts } from '../../../src/host/facts.ts'
import { openRoot } from '../../../src/host/root.ts'
import { type MachineSpec, makeMachine } from '../../support/made-machine.ts'

function factsOf(spec: MachineSpec): CpuFacts {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-isolated-'))
  try {
    return collectFacts(openRoot(makeMachine(dir, spec))).cpu
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const TWO_CPUS: MachineSpec = { cpus: 2 }
const TWO_NODES: MachineSpec = { cpus: 16, nodes: 2, threadsPerCore: 2 }
const BIG: MachineSpec = { cpus: 112, nodes: 2, threadsPerCore: 2 }

test.each<[string, MachineSpec, string]>([
  ['two CPUs', TWO_CPUS, '1'],
  ['two nodes with SMT', TWO_NODES, '1-3,5-7,9-11,13-15'],
  ['112 CPUs', BIG, '1-27,29-55,57-83,85-111'],
  ['offline CPUs, which are not isolated', { ...BIG, offline: '56-111' }, '1-27,29-55'],
  ['the first core of a node being offline', { ...TWO_NODES, offline: '4,12' }, '1-3,6-7,9-11,14-15'],
  ['a node with a single core, which it keeps', { cpus: 8, nodes: 2, offline: '5-7' }, '1-3'],
])('auto leaves one whole core on each NUMA node: %s', (_, spec, expected) => {
  expect(`${chooseIsolatedCores(factsOf(spec))}`).toBe(expected)
})

test('auto leaves as many cores on each node as are asked for', () => {
  expect(`${chooseIsolatedCores(factsOf(TWO_NODES), { housekeepingCoresPerNode: 3 })}`).toBe('3,7,11,15')
})

test('auto says why nothing is left, node by node', () => {
  expect(() => chooseIsolatedCores(factsOf({ cpus: 4, nodes: 2, threadsPerCore: 2 }))).toThrow(
    expect.objectContaining({
      code: 'nothing-to-isolate',
      exitCode: 2,
      message:
        'isolated_cores=auto finds no CPU to isolate: each NUMA node keeps 1 whole core for housekeeping, and node 0 has 1 core, node 1 has 1 core',
    }),
  )
})

test.each<[string, MachineSpec, string, string, string]>([
  ['an empty list', TWO_CPUS, '', 'no-isolated-cores', 'isolated_cores is empty: no CPU would be isolated'],
  [
    'CPUs that cannot be',
    TWO_CPUS,
    '1-3',
    'unknown-cpu',
    'isolated_cores=1-3 names 2-3, which this machine does not have; it has 0-1',
  ],
  [
    'an offline CPU',
    { cpus: 8, offline: '5' },
    '4-6',
    'offline-cpu',
    'isolated_cores=4-6 names 5, which is offline; online are 0-4,6-7',
  ],
  [
    'CPUs that may be plugged in later',
    { cpus: 4, possible: '0-7' },
    '3-5',
    'offline-cpu',
    'isolated_cores=3-5 names 4-5, which are offline; online are 0-3',
  ],
  [
    'all CPUs',
    TWO_CPUS,
    '0-1',
    'all-cpus-isolated',
    'isolated_cores=0-1 isolates every online CPU; none is left for the kernel and its services',
  ],
])('%s cannot be isolated', (_, spec, list, code, message) => {
  const place = { file: '/etc/quietcore/realtime-variables.conf', line: 3 }
  expect(() => checkIsolated(CpuSet.parse(list), factsOf(spec), place)).toThrow(
    expect.objectContaining({ code, message, place, exitCode: 2 }),
  )
})

test('whole cores that leave one on each node are fit without a word', () => {
  expect(checkIsolated(CpuSet.parse('1-3,5-7,9-11,13-15'), factsOf(TWO_NODES))).toEqual([])
})

test('CPU 0, half cores and a node without housekeeping are said', () => {
  expect(checkIsolated(CpuSet.parse('0-1,4-7,12-15'), factsOf(TWO_NODES))).toEqual([
    {
      code: 'cpu0-isolated',
      message:
        'CPU 0 is to be isolated: the boot CPU keeps timekeeping and interrupts that cannot be moved, so it will not be quiet',
    },
    {
      code: 'half-smt-pair',
      message:
        'only some hardware threads of a core are to be isolated: 0 (shares its core with 8), 1 (shares its core with 9); housekeeping work on the other thread slows the isolated one down',
    },
    {
      code: 'node-without-housekeeping',
      message:
        'NUMA node 1 keeps no CPU for housekeeping: all of its CPUs 4-7,12-15 are to be isolated, and kernel work on its memory comes from another node',
    },
  ])
})
