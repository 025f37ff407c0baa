import { describe, expect, it } from 'vitest'
import { NO_IMAGE } from '../../../src/core/nova/flavor.ts'
import { lintFlavor } from '../../../src/core/nova/lint.ts'
import { NEWEST, releaseNamed } from '../../../src/core/nova/release.ts'

const LINE = {
  'hw:cpu_policy': 'dedicated',
  'hw:cpu_realtime': 'yes',
  'hw:cpu_realtime_mask': '^0-1',
  'hw:mem_page_size': '1GB',
}

interface Asked {
  release?: string
  vcpus?: number
  ramMb?: number
  image?: Record<string, string>
}

/** nova's class, then the code and key of every error. */
function errors(specs: Record<string, string>, { release, vcpus = 4, ramMb, image }: Asked = {}): string[] {
  const { result, findings } = lintFlavor(
    { vcpus, ...(ramMb === undefined ? {} : { ramMb }), specs: new Map(Object.entries(specs)) },
    image === undefined ? NO_IMAGE : new Map(Object.entries(image)),
    release === undefined ? NEWEST : releaseNamed(release),
  )
  const found = findings.filter(({ severity }) => severity === 'error')
  return [result, ...found.map(({ code, key }) => (key === undefined ? code : `${code} ${key}`))]
}

describe('what a release does not know', () => {
  it.each([
    ['queens', { ...LINE, 'hw:pmu': 'false' }, ['OK', 'not-in-release hw:pmu']],
    ['train', { ...LINE, 'hw:pmu': 'false' }, ['OK']],
    [
      'queens',
      { ...LINE, 'hw:emulator_threads_policy': 'share' },
      ['InvalidEmulatorThreadsPolicy', 'not-in-release hw:emulator_threads_policy', 'boot-refused'],
    ],
    ['queens', { ...LINE, 'hw:emulator_threads_policy': 'isolate' }, ['OK']],
    ['rocky', { ...LINE, 'hw:emulator_threads_policy': 'share' }, ['OK']],
    [
      'mitaka',
      { ...LINE, 'hw:emulator_threads_policy': 'isolate' },
      ['OK', 'not-in-release hw:emulator_threads_policy'],
    ],
    [
      'mitaka',
      { 'hw:pci_numa_affinity_policy': 'required' },
      ['OK', 'not-in-release hw:pci_numa_affinity_policy'],
    ],
    ['mitaka', { 'resources:PCPU': '4' }, ['OK', 'not-in-release resources:PCPU']],
    ['mitaka', { 'resources:VCPU': '4' }, ['OK', 'not-in-release resources:VCPU']],
    ['pike', { 'resources:CUSTOM_GPU': '1' }, ['OK']],
    ['pike', { 'resources1:CUSTOM_GPU': '1' }, ['OK', 'not-in-release resources1:CUSTOM_GPU']],
    ['queens', { 'trait:HW_CPU_X86_AVX': 'forbidden' }, ['OK', 'not-in-release trait:HW_CPU_X86_AVX']],
    ['queens', { 'trait:HW_CPU_X86_AVX': 'required' }, ['OK']],
    [
      'ussuri',
      { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0' },
      [
        'InvalidCPUAllocationPolicy',
        'not-in-release hw:cpu_policy',
        'not-in-release hw:cpu_dedicated_mask',
        'boot-refused',
      ],
    ],
    ['victoria', { 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0' }, ['OK']],
    ['wallaby', { 'hw:vif_multiqueue_enabled': 'true' }, ['OK', 'not-in-release hw:vif_multiqueue_enabled']],
    [
      'victoria',
      { 'hw:pci_numa_affinity_policy': 'socket' },
      ['OK', 'not-in-release hw:pci_numa_affinity_policy'],
    ],
  ] as const)('%s: %j', (release, specs, expected) => {
    expect(errors(specs, { release })).toEqual(expected)
  })
})

describe('memory that is no whole number of pages', () => {
  const uneven = ['OK', 'memory-not-in-pages hw:mem_page_size']
  it.each([
    [1536, { 'hw:mem_page_size': '1GB' }, uneven],
    [2048, { 'hw:mem_page_size': '1GB' }, ['OK']],
    [undefined, { 'hw:mem_page_size': '1GB' }, ['OK']],
    [1023, { 'hw:mem_page_size': '2048' }, uneven],
    [1023, { 'hw:mem_page_size': 'large' }, uneven],
    [1023, { 'hw:mem_page_size': 'any' }, ['OK']],
    [1023, { 'hw:mem_page_size': '4KB' }, ['OK']],
    [3072, { 'hw:mem_page_size': '1GB', 'hw:numa_nodes': '2' }, uneven],
    [4096, { 'hw:mem_page_size': '1GB', 'hw:numa_nodes': '2' }, ['OK']],
    [
      4096,
      {
        'hw:mem_page_size': '1GB',
        'hw:numa_nodes': '2',
        'hw:numa_cpus.0': '0-1',
        'hw:numa_cpus.1': '2-3',
        'hw:numa_mem.0': '1536',
        'hw:numa_mem.1': '2560',
      },
      uneven,
    ],
  ] as const)('%s MiB with %j', (ramMb, specs, expected) => {
    expect(errors(specs, ramMb === undefined ? {} : { ramMb })).toEqual(expected)
  })

  it('is said with the memory that would fit', () => {
    const flavor = { vcpus: 4, ramMb: 1536, specs: new Map(Object.entries(LINE)) }
    const found = lintFlavor(flavor, NO_IMAGE).findings.find(({ code }) => code === 'memory-not-in-pages')
    expect(found).toEqual({
      code: 'memory-not-in-pages',
      severity: 'error',
      key: 'hw:mem_page_size',
      message:
        'the guest has 1536 MiB, which is no multiple of pages of 1048576 KiB, so that no host is found',
      fix: 'ram of 2048 MiB, or smaller pages',
    })
  })
})

describe('masks and limits that do not do what they say', () => {
  it('finds what stands without ^ in the mask of a mixed guest, too', () => {
    expect(errors({ 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0,2' })).toEqual([
      'OK',
      'mask-inclusion-ignored hw:cpu_dedicated_mask',
    ])
    expect(errors({ 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '^0,^2' })).toEqual(['OK'])
  })

  it('knows which limit the API takes and which the boot reads', () => {
    expect(errors({ 'hw:max_cpu_sockets': '2' })).toEqual(['OK', 'limit-not-read hw:max_cpu_sockets'])
    expect(errors({ 'hw:cpu_max_sockets': '2' })).toEqual(['OK', 'unknown-key hw:cpu_max_sockets'])
    expect(errors({ 'hw:cpu_max_sockets': '2' }, { release: 'train' })).toEqual(['OK'])
    const { findings } = lintFlavor({ vcpus: 4, specs: new Map([['hw:cpu_max_sockets', '2']]) }, NO_IMAGE)
    expect(findings).toEqual([
      {
        severity: 'error',
        key: 'hw:cpu_max_sockets',
        code: 'unknown-key',
        message:
          "the API answers 400 to 'hw:cpu_max_sockets' from microversion 2.86 on; below it the key is stored, and the boot reads it",
        fix: 'hw:cpu_max_sockets, set with a microversion below 2.86',
      },
    ])
  })
})

describe('what is too large', () => {
  const long = Array.from({ length: 2000 }, () => '0-99999').join(',')

  it('is answered at once: vCPUs, masks of a flavor and of an image, NUMA nodes', () => {
    const started = performance.now()
    expect(errors(LINE, { vcpus: 1_000_000_000 })).toEqual(['NoValidHost', 'too-many-vcpus'])
    expect(errors({ ...LINE, 'hw:cpu_realtime_mask': long })).toEqual([
      'ValidationError',
      'too-long hw:cpu_realtime_mask',
    ])
    expect(errors(LINE, { image: { hw_cpu_realtime_mask: long } })).toEqual([
      'Invalid',
      'boot-refused',
      'image-mask-wins hw:cpu_realtime_mask',
    ])
    const widest = Array.from({ length: 128 }, (_, node) => [`hw:numa_cpus.${node}`, long.slice(0, 247)])
    expect(errors({ 'hw:numa_nodes': '128', ...Object.fromEntries(widest) })[0]).toBe('Invalid')
    expect(performance.now() - started).toBeLessThan(60_000)
  })
})
