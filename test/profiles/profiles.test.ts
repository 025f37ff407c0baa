import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { unitCommandLine } from '../../src/core/profile/bootloader-line.ts'
import { loadProfile } from '../../src/core/profile/load.ts'
import type { Profile } from '../../src/core/profile/profile.ts'
import { undefinedVariables } from '../../src/core/profile/undefined-variables.ts'
import { thresholdsOfOptions } from '../../src/core/verdict/parse-threshold.ts'
import { functionEnv } from '../../src/engine/function-env.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { profileLibrary } from '../../src/engine/profile-library.ts'
import { type MachineSpec, makeMachine } from '../support/made-machine.ts'

const DIR = resolve('profiles')
const NAMES = readdirSync(DIR, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const SAMPLES = Object.fromEntries(
  readdirSync(DIR)
    .filter((name) => name.endsWith('-variables.conf'))
    .map((name) => [`/etc/quietcore/${name}`, readFileSync(join(DIR, name), 'utf8')]),
)

const MACHINES: Record<string, MachineSpec> = {
  'two-cpus-amd': { cpus: 2, vendor: 'AuthenticAMD', files: SAMPLES },
  'two-nodes-intel': { cpus: 16, nodes: 2, threadsPerCore: 2, files: withPages(SAMPLES) },
  '112-cpus-one-socket-offline': { cpus: 112, nodes: 2, threadsPerCore: 2, offline: '28-55', files: SAMPLES },
}

/** Every sample line for huge pages switched on, as an operator would. */
function withPages(samples: Record<string, string>): Record<string, string> {
  const on = (text: string): string => text.replace(/^#(hugepages_|default_hugepage|lapic_timer)/gm, '$1')
  return Object.fromEntries(Object.entries(samples).map(([path, text]) => [path, on(text)]))
}

const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true })
})

function load(name: string, spec: MachineSpec, overrides: Record<string, string> = {}): Profile {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-profiles-'))
  dirs.push(dir)
  const machine = openMachine(makeMachine(dir, spec))
  const library = profileLibrary({ root: machine.ports.root, dirs: [DIR] })
  return loadProfile(name, library, functionEnv(machine), { overrides: new Map(Object.entries(overrides)) })
}

/** The whole result as an operator reads it; a line ends where its value does. */
function shown(profile: Profile): string {
  const units = profile.units.map((unit) => {
    const options =
      unit.type === 'bootloader'
        ? unitCommandLine(unit).split(/ +/)
        : [...unit.options].map(([name, { value }]) => `${name}=${value}`)
    return [`[${unit.name}]`, ...options, ''].join('\n')
  })
  return units.join('\n')
}

describe.each(NAMES)('%s', (name) => {
  test.each(Object.entries(MACHINES))('becomes the right values on %s', async (machine, spec) => {
    const profile = load(name, spec)
    expect([undefinedVariables(profile), profile.warnings]).toEqual([[], []])
    await expect(shown(profile)).toMatchFileSnapshot(`../golden/profiles/${name}.${machine}.txt`)
  })

  test('says for each option why it is there and where that is written', () => {
    expect(withoutReason(readFileSync(join(DIR, name, 'profile.conf'), 'utf8'))).toEqual([])
  })

  test('has thresholds that can be read', () => {
    const unit = load(name, MACHINES['two-nodes-intel']!).units.find(({ type }) => type === 'thresholds')
    const read = thresholdsOfOptions(unit?.options ?? new Map())
    expect(
      read.map(({ tool, metric, comparison, limit }) => `${tool}.${metric} ${comparison} ${limit}`),
    ).toEqual(THRESHOLDS[name])
  })
})

const THRESHOLDS: Record<string, string[]> = {
  latency: [],
  realtime: ['cyclictest.max < 20', 'oslat.max < 20', 'hwlatdetect.max < 20'],
  'realtime-virtual-host': ['cyclictest.max <= 40', 'oslat.max <= 20', 'hwlatdetect.max < 20'],
  'realtime-virtual-guest': ['cyclictest.max <= 40', 'oslat.max <= 20'],
  'cpu-partitioning': ['oslat.max < 20', 'hwlatdetect.max < 20'],
}

test('the profiles are these', () => {
  expect(NAMES.sort()).toEqual(Object.keys(THRESHOLDS).sort())
})

/** Options whose lines above are no comment, or one without its source; [main] speaks for itself. */
function withoutReason(text: string): string[] {
  const bare: string[] = []
  let section = ''
  let comment: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) comment.push(line)
    else if (line.startsWith('[')) section = line
    else if (line.includes('=') && section !== '[main]') {
      const hasReason = comment.length > 0 && comment[0]!.length > 20
      const hasSource = section === '[variables]' || /^# Source: \S+/.test(comment.at(-1) ?? '')
      if (!hasReason || !hasSource) bare.push(`${section} ${line}`)
    }
    // Variables that are computed alike share the words above the first of them.
    if (!line.startsWith('#') && !(section === '[variables]' && line.includes('='))) comment = []
  }
  return bare
}

test('the check for reasons finds an option without one', () => {
  expect(withoutReason('[a]\n# Long enough to be a reason.\n# Source: x\nb=1\nc=2\n')).toEqual(['[a] c=2'])
})

test.each(NAMES.filter((name) => name !== 'latency'))('%s says what to do when no CPUs are named', (name) => {
  expect(() => load(name, { cpus: 4 })).toThrow(
    expect.objectContaining({
      code: 'assertion-failed',
      exitCode: 2,
      message: expect.stringMatching(
        /^the profile's assertion 'isolated_cores is set, in the variables file of the profile or by --isolated-cores' failed/,
      ),
    }),
  )
})

test('CPUs of the command line win over the variables file', () => {
  const { variables } = load('realtime', MACHINES['two-nodes-intel']!, { isolated_cores: '7,15' })
  expect([variables.get('isolated_cores'), variables.get('housekeeping_mask')]).toEqual(['7,15', '00007f7f'])
})

test('a measured advance of the timer replaces the adaptive one', () => {
  const files = {
    '/etc/quietcore/realtime-virtual-host-variables.conf': 'isolated_cores=1\nlapic_timer_advance_ns=2500\n',
  }
  const kvm = load('realtime-virtual-host', { cpus: 2, files }).units.find(({ type }) => type === 'kvm')
  expect(kvm?.options.get('lapic_timer_advance_ns')?.value).toBe('2500')
})

test('cpu-partitioning takes only named CPUs out of load balancing', () => {
  const files = {
    '/etc/quietcore/cpu-partitioning-variables.conf': 'isolated_cores=2-7\nno_balance_cores=6-7\n',
  }
  const profile = load('cpu-partitioning', { cpus: 8, files })
  const line = unitCommandLine(profile.units.find(({ type }) => type === 'bootloader')!)
  expect(line.split(' ')[0]).toBe('isolcpus=managed_irq,domain,6-7')
})
