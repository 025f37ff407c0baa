import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { formatLimit } from '../../../src/core/verdict/format.ts'
import { newest } from '../../../src/engine/gate/kept-validation.ts'
import { quietCpus, watchSuite } from '../../../src/engine/gate/watch-suite.ts'
import { openSuites } from '../../../src/engine/measure/suite-library.ts'
import { openMachine } from '../../../src/engine/open-machine.ts'
import { type MachineSpec, makeMachine } from '../../support/made-machine.ts'
import type { MadeTask } from '../../support/made-tasks.ts'

/** Eight CPUs, 4-7 isolated. */
function machine(more: Partial<MachineSpec> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-watch-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return openMachine(makeMachine(dir, { cpus: 8, isolated: '4-7', ...more }))
}

async function quiet(...tasks: MadeTask[]): Promise<string[]> {
  const { isolated, housekeeping } = await quietCpus(machine({ tasks }), 1)
  return [`${isolated}`, `${housekeeping}`]
}

test('CPUs are quiet when no guest, poll thread or real-time task may run there', async () => {
  const vcpu = (tid: number, cpus: string): MadeTask => ({ tid, comm: `CPU ${tid % 10}/KVM`, cpus })
  expect(await quiet({ tid: 500, comm: 'sshd', cpus: '0-7' })).toEqual(['4-7', '0-3'])
  expect(await quiet(vcpu(901, '5'), vcpu(902, '6'))).toEqual(['4,7', '0-3'])
  expect(await quiet(vcpu(901, '4-7'), { tid: 903, comm: 'pmd-c01/id:3', cpus: '3' })).toEqual(['', '0-2'])
  expect(await quiet(vcpu(901, '0-7'))).toEqual(['', ''])
})

test('the watch lasts longer than the guests’ suite, on one CPU, and leaves it half of its time', () => {
  const library = openSuites(machine().ports.root)
  const watch = watchSuite(library.load('quick'), 2, machine(), library)
  expect({
    ...watch,
    thresholds: watch.thresholds.map((one) => [one.tool, formatLimit(one), one.origin]),
  }).toEqual({
    name: 'gate-watch',
    path: '--tool',
    title: 'The host during its guests’ runs',
    cpus: '2',
    steps: [
      {
        name: 'hwlatdetect',
        tool: 'hwlatdetect',
        durationS: 620,
        windowUs: 100_000,
        widthUs: 50_000,
        place: { file: '--tool' },
      },
    ],
    thresholds: [['hwlatdetect', 'max < 20 µs', 'gate']],
    load: 'none',
    defaultSystem: true,
    onlyWhenIdle: false,
    failFast: false,
  })
})

test('the watch is never taken for the host’s last validation, unless it is asked for', () => {
  const runs = '/var/lib/quietcore/runs'
  const files = ['20261122T190000Z-quick', '20261122T200000Z-gate-watch'].map((run) => [
    `${runs}/${run}/run.json`,
    '{}',
  ])
  const { root } = machine({ files: Object.fromEntries(files) }).ports
  expect(newest(root, {})).toBe('20261122T190000Z-quick')
  expect(newest(root, { suite: 'gate-watch' })).toBe('20261122T200000Z-gate-watch')
  expect(newest(root, { suite: 'smoke' })).toBeUndefined()
})
