/** What both realtime-virtual profiles ask of a machine whose CPUs 2-3 are isolated, and what of it is missing. */
import { expect } from 'vitest'
import { strayIrqs, strayThreads, wrongValues } from './checks.ts'
import type { Vm } from './driver/vm.ts'
import type { PlanAnswer } from './quietcore-in.ts'

export const HOUSEKEEPING = [0, 1]

/** PREEMPT_RT has no transparent huge pages. */
const LIVE_VALUES = {
  '/proc/sys/kernel/sched_rt_runtime_us': '-1',
  '/proc/sys/kernel/timer_migration': '0',
  '/proc/sys/vm/stat_interval': '10',
  '/proc/irq/default_smp_affinity': '3',
  '/sys/devices/virtual/workqueue/cpumask': '3',
}

/** Class and priority of the kernel's threads. */
export const POLICIES = { ksoftirqd: ['FF 2'], ktimers: ['FF 2'], rcuc: ['FF 4'], rcub: ['FF 4'] }

export const PARAMETERS = [
  'isolcpus=managed_irq,domain,2-3',
  'nohz_full=2-3',
  'rcu_nocbs=2-3',
  'irqaffinity=0-1',
  'skew_tick=1',
  'nosoftlockup',
  'hugepagesz=2M',
  'hugepages=64',
]

/** What the kernel says of itself after a boot with these parameters. */
export const ISOLATED = {
  '/sys/devices/system/cpu/isolated': '2-3',
  '/sys/devices/system/cpu/nohz_full': '2-3',
  '/proc/irq/default_smp_affinity': '3',
}

/** 64 pages of 2 MiB at boot, which the kernel spreads; node 1 has its own number at run time. */
const VARIABLES = ['isolated_cores=2-3', 'hugepages_2m=64', 'hugepages_2m_node1=40']
export const HUGE_PAGES = { atBoot: { node0: 32, node1: 32 }, applied: { node0: 32, node1: 40 } }

/** Edits the profile's variables file of the package, as an administrator does. */
export async function askFor(vm: Vm, profile: string): Promise<void> {
  const file = `/etc/quietcore/${profile}-variables.conf`
  await vm.shell(`sed -i '/^isolated_cores=/d' ${file}; printf '%s\\n' ${VARIABLES.join(' ')} >>${file}`)
}

/** What is wrong with the live part of a tuned machine. */
export async function tunedLive(vm: Vm, unmovable: readonly string[]): Promise<string[]> {
  return [
    ...(await wrongValues(vm, LIVE_VALUES)),
    ...(await strayIrqs(vm, HOUSEKEEPING, unmovable)),
    ...(await strayThreads(vm, HOUSEKEEPING)),
  ]
}

/** Reserved pages of 2 MiB on each NUMA node. */
export async function hugePages(vm: Vm): Promise<Record<string, number>> {
  const text = await vm.shell(
    'cd /sys/devices/system/node; for n in node*; do echo $n $(cat $n/hugepages/hugepages-2048kB/nr_hugepages); done',
  )
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string])
      .map(([node, count]) => [node, Number(count)]),
  )
}

/** Settings of one file each whose `have` is not what `cat` finds there. */
export async function disagreements(vm: Vm, answer: PlanAnswer): Promise<string[]> {
  const asked = answer.settings.filter(
    ({ target, have }) => /^\/(proc|sys)\/[^ ]+$/.test(target) && have !== null,
  )
  expect(asked.length).toBeGreaterThan(5)
  const lines: string[] = []
  for (const { target, have } of asked) {
    const found = (await vm.output(['cat', target])).trim()
    if (found !== have?.trim()) lines.push(`${target}: quietcore has ${have}, cat finds ${found}`)
  }
  return lines
}
