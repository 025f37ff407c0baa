import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import { endedFor, lookForNewcomers, newcomers } from '../../../src/engine/measure/newcomers.ts'
import type { Occupant } from '../../../src/engine/measure/occupancy.ts'
import { openPorts } from '../../../src/engine/open-ports.ts'
import { machineDir } from '../../support/machine-dir.ts'
import { makeMachine } from '../../support/made-machine.ts'
import type { MadeTask } from '../../support/made-tasks.ts'

const QUIETCORE = 5000
/** A session of an administrator with a real-time shell, the run, its load, and a tool with the threads that measure. */
const RUN: MadeTask[] = [
  { tid: 1, comm: 'systemd', cpus: '0-1' },
  { tid: 4000, parent: 1, comm: 'bash', policy: 'rr', priority: 1 },
  { tid: QUIETCORE, parent: 4000, comm: 'node', cpus: '0-1' },
  { tid: 5001, parent: QUIETCORE, comm: 'stress-ng', cpus: '0-1' },
  { tid: 5002, parent: QUIETCORE, comm: 'oslat', cpus: '0-1' },
  { tid: 5003, pid: 5002, parent: QUIETCORE, comm: 'oslat', cpus: '2', policy: 'fifo', priority: 1 },
  { tid: 5004, pid: 5002, parent: QUIETCORE, comm: 'oslat', cpus: '3', policy: 'fifo', priority: 1 },
  { tid: 60, comm: 'migration/2', kernel: true, bound: true, cpus: '2', policy: 'fifo', priority: 99 },
]

function found(...came: MadeTask[]): Occupant[] {
  const { dir } = machineDir()
  makeMachine(dir, { cpus: 4, tasks: [...RUN, ...came] })
  return newcomers(openPorts(dir), CpuSet.parse('2-3'), CpuSet.parse('0-3'), QUIETCORE)
}

test("the run's own tools and load, who started it, and kernel threads are no newcomers", () => {
  expect(found()).toEqual([])
})

test('a guest that starts on the measured CPUs, and a real-time task of somebody else, are', () => {
  const cmdline = 'qemu-system-x86_64 -name guest=du-1,debug-threads=on'
  const guest = { pid: 7000, parent: 1 }
  expect(
    found(
      { tid: 7000, parent: 1, comm: 'qemu-system-x86', cmdline, cpus: '0-1' },
      { ...guest, tid: 7001, comm: 'CPU 0/KVM', cpus: '2' },
      { ...guest, tid: 7002, comm: 'CPU 1/KVM', cpus: '1' },
      { tid: 7100, parent: 1, comm: 'oslat', cpus: '3', policy: 'fifo', priority: 5 },
      { tid: 7200, parent: 1, comm: 'cron' },
    ),
  ).toEqual([
    {
      kind: 'vcpu',
      pid: 7000,
      tid: 7001,
      comm: 'CPU 0/KVM',
      cpus: '2',
      what: "vCPU thread of the guest 'du-1'",
    },
    { kind: 'real-time', pid: 7100, tid: 7100, comm: 'oslat', cpus: '3', what: 'SCHED_FIFO priority 5' },
  ])
})

const one = (tid: number): Occupant => {
  return {
    kind: 'vcpu',
    pid: 7000,
    tid,
    comm: 'CPU 0/KVM',
    cpus: '2',
    what: "vCPU thread of the guest 'du-1'",
  }
}

/** What is told when the looks answer so, one after the other, the last again and again. */
async function told(...looks: Occupant[][]): Promise<unknown[]> {
  const calls: unknown[] = []
  let looked = 0
  const look = () => {
    return looks[Math.min(looked++, looks.length - 1)]!
  }
  const stop = lookForNewcomers(look, 5, (occupants) => calls.push(occupants))
  while (looked < looks.length + 2 && calls.length === 0) await setTimeout(5)
  await setTimeout(30)
  stop()
  return calls
}

test('who is there at two looks is told of, once', async () => {
  expect(await told([], [one(7001)])).toEqual([[one(7001)]])
})

test('who is there at one look only, as a thread on its way to its own CPUs, is not', async () => {
  expect(await told([one(7001)], [one(7002)], [])).toEqual([])
})

test('the finding forbids a pass and names them', () => {
  expect(endedFor([one(7001)])).toEqual({
    code: 'became-occupied',
    message:
      "it was ended, because somebody came to its CPUs: 'CPU 0/KVM' (pid 7000, thread 7001, CPU 2): vCPU thread of the guest 'du-1'",
    trust: false,
  })
})
