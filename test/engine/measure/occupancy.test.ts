import { expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import { type Living, occupants, refuseOccupied } from '../../../src/engine/measure/occupancy.ts'
import type { Task } from '../../../src/host/ports.ts'

const QEMU = '/usr/bin/qemu-system-x86_64 -name guest=du-1,debug-threads=on -S'
const CPUS = CpuSet.parse('2-5')
const ONLINE = CpuSet.parse('0-7')

function living(
  tid: number,
  comm: string,
  allowed: string,
  more: Partial<Task> & Partial<Living> = {},
): Living {
  const { busy = null, commandLine = comm, ...task } = more
  return {
    task: {
      tid,
      pid: tid,
      parent: 1,
      comm,
      kernel: false,
      bound: false,
      policy: 'other',
      priority: 0,
      startTicks: 1,
      ...task,
    },
    allowed: CpuSet.parse(allowed),
    commandLine,
    busy,
  }
}

const MACHINE: Living[] = [
  living(1, 'systemd', '0-7'),
  living(20, 'migration/2', '2', { kernel: true, policy: 'fifo', priority: 99 }),
  living(100, 'qemu-system-x86', '0-1', { commandLine: QEMU }),
  living(101, 'CPU 0/KVM', '2', { pid: 100, policy: 'fifo', priority: 1, commandLine: QEMU }),
  living(102, 'IO iothread1', '3', { pid: 100, commandLine: QEMU }),
  living(200, 'lcore-worker-4', '4', { commandLine: '/usr/bin/dpdk-testpmd -l 0,4' }),
  living(300, 'ptp4l', '0-7', { policy: 'rr', priority: 10 }),
  living(301, 'rt-elsewhere', '6', { policy: 'fifo', priority: 10 }),
  living(400, 'edf', '0-7', { policy: 'deadline' }),
  living(500, 'cc1plus', '0-7', { busy: 0.96 }),
  living(501, 'bash', '0-7', { busy: 0.04 }),
]

test('finds vCPU threads, pinned guest threads, poll threads, real-time tasks and busy tasks on the CPUs, and no one else', () => {
  expect(occupants(MACHINE, CPUS, ONLINE)).toEqual([
    {
      kind: 'vcpu',
      pid: 100,
      tid: 101,
      comm: 'CPU 0/KVM',
      cpus: '2',
      what: "vCPU thread of the guest 'du-1'",
    },
    {
      kind: 'guest',
      pid: 100,
      tid: 102,
      comm: 'IO iothread1',
      cpus: '3',
      what: "thread of the guest 'du-1', pinned there",
    },
    {
      kind: 'poll-thread',
      pid: 200,
      tid: 200,
      comm: 'lcore-worker-4',
      cpus: '4',
      what: 'poll thread of a data plane',
    },
    { kind: 'real-time', pid: 300, tid: 300, comm: 'ptp4l', cpus: '2-5', what: 'SCHED_RR priority 10' },
    { kind: 'real-time', pid: 400, tid: 400, comm: 'edf', cpus: '2-5', what: 'SCHED_DEADLINE' },
    { kind: 'busy', pid: 500, tid: 500, comm: 'cc1plus', cpus: '2-5', what: 'uses 96 % of a CPU there' },
  ])
})

test('a guest of libvirt on CentOS is a guest too', () => {
  const guest = living(9, 'qemu-kvm', '2-3', { commandLine: '/usr/libexec/qemu-kvm -name vran' })
  expect(occupants([guest], CPUS, ONLINE)).toEqual([
    {
      kind: 'guest',
      pid: 9,
      tid: 9,
      comm: 'qemu-kvm',
      cpus: '2-3',
      what: "thread of the guest 'vran', pinned there",
    },
  ])
})

test('refuses with names and process ids, and says the way out', () => {
  expect(() => refuseOccupied(occupants(MACHINE.slice(0, 4), CPUS, ONLINE), CPUS)).toThrow(
    expect.objectContaining({
      exitCode: 3,
      code: 'cpus-occupied',
      message:
        "a measurement on CPU 2-5 would stop who lives there: 'CPU 0/KVM' (pid 100, thread 101, CPU 2): vCPU thread of the guest 'du-1'",
      next: 'Move or stop them, choose other CPUs with --cpus, or measure all the same with --force.',
    }),
  )
})

test('an empty machine is measured', () => {
  expect(() => refuseOccupied(occupants(MACHINE.slice(0, 2), CPUS, ONLINE), CPUS)).not.toThrow()
})
