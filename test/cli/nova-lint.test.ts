import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'

const ajv = new Ajv2020({ allErrors: true, strict: false })
const valid = ajv.compile(JSON.parse(readFileSync('docs/schema/nova-lint.schema.json', 'utf8')))

function lint(input: unknown, ...args: string[]) {
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  const { status, stdout } = spawnSync(
    process.execPath,
    ['dist/quietcore.js', 'nova', 'lint', '-', '--json', ...args],
    {
      input: text,
      encoding: 'utf8',
    },
  )
  return { code: status, answer: JSON.parse(stdout) }
}

const codes = (answer: { findings: { code: string }[] }) => answer.findings.map(({ code }) => code)

const LINE = {
  'hw:cpu_policy': 'dedicated',
  'hw:cpu_realtime': 'yes',
  'hw:cpu_realtime_mask': '^0-1',
  'hw:mem_page_size': '1GB',
}

describe('quietcore nova lint', () => {
  it('answers one flavor at the top and in the list', () => {
    const { code, answer } = lint({ vcpus: 4, extra_specs: LINE })
    expect(valid(answer), JSON.stringify(valid.errors)).toBe(true)
    expect([code, answer.result, answer.realtimeVcpus, codes(answer)]).toEqual([
      0,
      'OK',
      [2, 3],
      ['emulator-on-vcpu-cpus', 'pmu-on'],
    ])
    expect(answer.items).toHaveLength(1)
  })

  it('answers a list item by item, as the openstack client writes it', () => {
    const { code, answer } = lint([
      { Name: 'good', VCPUs: 4, RAM: 4096, Properties: { ...LINE, 'hw:pmu': 'false' } },
      { name: 'small', vcpus: 2, extra_specs: LINE },
    ])
    expect(valid(answer), JSON.stringify(valid.errors)).toBe(true)
    expect([
      code,
      answer.items.map((one: { name: string; result: string }) => [one.name, one.result]),
    ]).toEqual([
      1,
      [
        ['good', 'OK'],
        ['small', 'RealtimeMaskNotFoundOrInvalid'],
      ],
    ])
  })

  it.each([
    [
      'mask-without-realtime',
      { 'hw:cpu_policy': 'dedicated', 'hw:cpu_realtime_mask': '^0' },
      'hw:cpu_realtime=yes',
    ],
    ['page-size-in-bits', { ...LINE, 'hw:mem_page_size': '1Gb' }, 'hw:mem_page_size=1GB'],
    ['page-size-not-read', { ...LINE, 'hw:mem_page_size': '1G' }, 'hw:mem_page_size=1GB'],
    ['unknown-key', { ...LINE, 'hw:emulator_thread_policy': 'share' }, 'hw:emulator_threads_policy'],
    ['image-property-in-flavor', { hw_cpu_policy: 'dedicated' }, 'hw:cpu_policy'],
    ['no-namespace', { rt: 'yes' }, undefined],
    [
      'mask-inclusion-ignored',
      { ...LINE, 'hw:cpu_realtime_mask': '^0,2' },
      'hw:cpu_realtime_mask=^0, or every excluded vCPU with its own ^',
    ],
    ['bad-value', { ...LINE, 'hw:cpu_realtime': 'enabled' }, 'hw:cpu_realtime=true'],
    ['emulator-policy-without-pinning', { 'hw:emulator_threads_policy': 'share' }, 'hw:cpu_policy=dedicated'],
  ])('finds the trap %s', (code, extra_specs, fix) => {
    const { code: exit, answer } = lint({ vcpus: 4, extra_specs })
    const found = answer.findings.find((one: { code: string }) => one.code === code)
    expect([exit, found?.severity, found?.fix]).toEqual([1, 'error', fix])
  })

  it('knows what a release does not know', () => {
    const flavor = { vcpus: 4, extra_specs: { ...LINE, 'hw:locked_memory': 'true' } }
    expect(codes(lint(flavor, '--release', 'yoga').answer)).toContain('not-in-release')
    expect(codes(lint(flavor, '--release', '26').answer)).not.toContain('not-in-release')
    expect(lint(flavor, '--release', 'atlantis')).toMatchObject({
      code: 2,
      answer: { error: { code: 'unknown-release' } },
    })
  })

  it('answers a mask that takes nova minutes at once', () => {
    const mask = `1${'-1,11'.repeat(40)}x`
    const started = performance.now()
    expect(
      codes(lint({ vcpus: 4, extra_specs: { ...LINE, 'hw:cpu_realtime_mask': mask } }).answer),
    ).toContain('bad-value')
    expect(performance.now() - started).toBeLessThan(60_000)
  })

  it.each([['nonsense'], ['[1]'], ['{"vcpus":0}'], ['{"vcpus":4,"extra_specs":{"hw:cpu_realtime":true}}']])(
    'refuses %s',
    (text) => {
      expect(lint(text)).toMatchObject({ code: 2, answer: { error: { code: 'bad-flavor-json' } } })
    },
  )
})
