import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkSyntax } from '../../src/core/nova/check-syntax.ts'
import { lintFlavor } from '../../src/core/nova/lint.ts'
import { releaseNamed } from '../../src/core/nova/release.ts'

/** Debian 12's nova, whose own functions are asked. */
const ZED = releaseNamed('zed')
const CASES = 1500

interface Item {
  vcpus: number
  ram: number
  extra_specs: Record<string, string>
  image: Record<string, string>
}

interface Oracle {
  api: Record<string, boolean>
  result: string
  realtime?: number[] | null
  cells?: { floating: number[]; pinned: number[] }[] | null
  pageSizeKib?: number | null
  emulatorThreads?: string | null
}

const MASKS = [
  '^0',
  '^0-1',
  '0-3',
  '2-3',
  '0,2-3',
  '^0,2',
  '7-2',
  '0-1-2',
  ' ^0',
  '^8',
  '^0-7',
  '2-7, ^3',
  '',
  '9',
  '^',
  '1_0',
  'x',
]
const SIZES = [
  '1GB',
  '1GiB',
  '1Gb',
  '1G',
  '1Gi',
  '1048576',
  '1048576kB',
  '0',
  '2MB',
  'large',
  'any',
  'small',
  '1.5GB',
  '8b',
  '3KB',
  '',
]
const BOOLS = ['yes', 'no', 'true', 'False', '1', 'enabled', 'on', '']

const SPECS: Record<string, readonly string[]> = {
  'hw:cpu_policy': ['dedicated', 'dedicated', 'mixed', 'shared', 'pinned'],
  'hw:cpu_thread_policy': ['prefer', 'isolate', 'require', 'avoid'],
  'hw:cpu_realtime': ['yes', ...BOOLS],
  'hw:cpu_realtime_mask': MASKS,
  'hw:cpu_dedicated_mask': MASKS,
  'hw:emulator_threads_policy': ['share', 'isolate', 'none'],
  'hw:emulator_thread_policy': ['share'],
  'hw:mem_page_size': SIZES,
  'hw:locked_memory': BOOLS,
  'hw:pmu': BOOLS,
  'hw:numa_nodes': ['1', '2', '3', '0', 'two', '02'],
  'hw:numa_cpus.0': ['0-1', '0-3', '0'],
  'hw:numa_cpus.1': ['2-3', '4-7', '1'],
  'hw:numa_mem.0': ['2048', '4096', 'x'],
  'hw:numa_mem.1': ['2048', '4096'],
  'resources:PCPU': ['4', '8', '9', '5'],
  'resources:VCPU': ['4', '8'],
  'resources1:PCPU': ['4'],
  'trait:HW_CPU_HYPERTHREADING': ['forbidden', 'required', 'maybe'],
  'hw:watchdog_action': ['reset', 'explode'],
  'hw:pci_numa_affinity_policy': ['socket', 'near'],
  hw_cpu_policy: ['dedicated'],
  'foo:bar': ['1'],
  'hw:nonsense': ['1'],
  'hw:sound_model': ['ich6'],
  'pci_passthrough:alias': ['a:1', 'a:1, b:2', 'a'],
  'quota:cpu_quota': ['-1', '10', 'x'],
}

const IMAGE: Record<string, readonly string[]> = {
  hw_cpu_policy: ['dedicated', 'shared', 'mixed'],
  hw_cpu_thread_policy: ['prefer', 'isolate', 'require'],
  hw_cpu_realtime_mask: ['^0', '^0-1', '0-1'],
  hw_mem_page_size: ['1GB', '2048'],
  hw_numa_nodes: ['1', '2'],
}

const chosen = (table: Record<string, readonly string[]>, most: number) =>
  fc
    .uniqueArray(fc.constantFrom(...Object.keys(table)), { maxLength: most })
    .chain((keys) =>
      fc.tuple(...keys.map((key) => fc.constantFrom(...table[key]!).map((value) => [key, value] as const))),
    )
    .map((pairs) => Object.fromEntries(pairs))

const ITEM: fc.Arbitrary<Item> = fc.record({
  vcpus: fc.constantFrom(1, 2, 4, 8),
  ram: fc.constantFrom(4096, 8192, 8191),
  extra_specs: chosen(SPECS, 6),
  image: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: chosen(IMAGE, 2) }),
})

const PYTHON = '/usr/bin/python3'

describe('nova’s own functions and ours', () => {
  let items: Item[]
  let answers: Oracle[]

  beforeAll(() => {
    items = fc.sample(ITEM, { numRuns: CASES, seed: 26 })
    const script = fileURLToPath(new URL('nova-oracle.py', import.meta.url))
    const { status, stdout, stderr } = spawnSync(PYTHON, [script], {
      input: JSON.stringify(items),
      encoding: 'utf8',
      env: {},
      maxBuffer: 1 << 28,
    })
    expect(status, stderr).toBe(0)
    answers = JSON.parse(stdout)
  }, 120_000)

  it(`boot or refuse ${CASES} random flavors alike, with the same class, real-time set and topology`, () => {
    const ours = items.map(({ vcpus, ram, extra_specs, image }) => {
      const { result, constraints } = lintFlavor(
        { vcpus, ramMb: ram, specs: new Map(Object.entries(extra_specs)) },
        new Map(Object.entries(image)),
        ZED,
      )
      if (!constraints) return { result }
      const { realtime, cells, pageSizeKib, emulatorThreads } = constraints
      return {
        result,
        realtime: realtime ?? null,
        cells: cells ?? null,
        pageSizeKib: cells ? (pageSizeKib ?? null) : null,
        emulatorThreads: emulatorThreads ?? null,
      }
    })
    for (const [index, { api: _, ...theirs }] of answers.entries()) {
      expect(ours[index], JSON.stringify(items[index])).toEqual(theirs)
    }
    const classes = new Set(answers.map(({ result }) => result))
    expect(classes.size).toBeGreaterThan(12)
  })

  it('take or refuse each key and value alike in the API', () => {
    for (const [index, { api }] of answers.entries()) {
      for (const [key, value] of Object.entries(items[index]!.extra_specs)) {
        expect(checkSyntax(key, value, ZED) === undefined, `${key}=${value}`).toBe(api[key])
      }
    }
  })
})
