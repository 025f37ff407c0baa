import type { CpuSet } from '../core/cpu/cpu-set.ts'
import { InputError, type Place } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { Unit } from '../core/profile/profile.ts'
import { pythonRegex } from '../core/profile/python-regex.ts'
import type { Warning } from '../core/warning.ts'
import { wantedAffinity } from '../knobs/tasks-affinity.ts'
import { cpusOf } from './cpus-of.ts'
import { irqAffinitySettings } from './irq.ts'
import type { Machine, SettingKind } from './kind.ts'
import { withDefaultIrq } from './scheduler-default-irq.ts'
import { type GroupRule, groupRules, groupSettings } from './scheduler-groups.ts'
import { isKernelKnob, kernelKnobSetting } from './scheduler-kernel-knobs.ts'
import { optionOf, optionWarnings } from './section.ts'

const OPTIONS = [
  'isolated_cores',
  'ps_whitelist',
  'ps_blacklist',
  'cgroup_ps_blacklist',
  'default_irq_smp_affinity',
  'irq_process',
]
const NO_EVENTS = 'quietcore listens to no events; verify judges threads that came since'
const NO_CGROUPS = 'it is about cgroups v1, which quietcore does not use'
const LEFT_ALONE: Readonly<Record<string, string>> = {
  runtime: NO_EVENTS,
  perf_mmap_pages: NO_EVENTS,
  perf_process_fork: NO_EVENTS,
  cgroup_mount_point: NO_CGROUPS,
  cgroup_mount_point_init: NO_CGROUPS,
  cgroup_groups_init: NO_CGROUPS,
  cgroup_for_isolated_cores: NO_CGROUPS,
}
const OFF = new Set(['0', 'n', 'no', 'false', 'off'])

/**
 * `[scheduler]`: keeps threads and interrupts off the isolated CPUs, and gives threads their policy and CPUs.
 *
 *     [scheduler]
 *     isolated_cores=2-15,18-31
 *     ps_blacklist=^qemu-kvm;^dpdk
 *     group.ksoftirqd=0:f:2:*:^\[ksoftirqd
 *
 * Options are TuneD's. Of them `runtime` and `perf_*` are accepted without effect, and cgroups v1 are not used. On
 * purpose different: ps_whitelist and ps_blacklist are searched in `[name]` of kernel threads too (TuneD has only the
 * bare name, so its own profiles' `^\[ksoftirqd` finds nothing), rule_prio is ordered as a number (there as text), and
 * an empty expression (`a;;b`, a final `;`) is none (there it matches everything).
 */
export const scheduler: SettingKind = {
  type: 'scheduler',
  settings(unit, machine) {
    const warnings = warningsOf(unit)
    const rules = groupRules(unit, warnings)
    const settings = [
      ...kernelKnobs(unit, machine),
      ...isolation(unit, machine, rules),
      ...rules.flatMap((rule) => groupSettings(unit.name, rule)),
    ]
    return { settings, warnings }
  },
}

function isolation(unit: Unit, machine: Machine, rules: readonly GroupRule[]): Setting[] {
  const option = optionOf(unit, 'isolated_cores')
  if (option === undefined) return []
  const isolated = cpusOf(option)
  const home = machine.facts.cpu.online.minus(isolated)
  if (home.size === 0) throw nowhere(isolated, option.place)
  return [sweepSetting(unit, isolated, home, rules), ...irqs(unit, isolated, machine)]
}

/** One setting for all threads that can be moved; those with CPUs of their own by a group rule are left to it. */
function sweepSetting(unit: Unit, isolated: CpuSet, home: CpuSet, rules: readonly GroupRule[]): Setting {
  const rule = { to: 'leave', away: isolated.toString(), home: home.toString() } as const
  const only = patternsOf(unit, 'ps_whitelist')
  const select = {
    by: 'sweep',
    only: only.length === 0 ? ['.*'] : only,
    not: patternsOf(unit, 'ps_blacklist'),
    notCgroups: patternsOf(unit, 'cgroup_ps_blacklist'),
    elsewhere: rules.filter(({ cpus }) => cpus !== undefined).map((group) => group.select),
  } as const
  return {
    id: `${unit.name}:isolated_cores`,
    section: unit.name,
    target: 'CPUs of threads',
    want: wantedAffinity({ rule }),
    effect: 'now',
    compare: 'text',
    knob: { knob: 'tasks-affinity', select, rule },
  }
}

/** `irq_process=false` leaves interrupts alone, `default_irq_smp_affinity` says what new ones get. */
function irqs(unit: Unit, isolated: CpuSet, machine: Machine): Setting[] {
  const process = unit.options.get('irq_process')?.value.trim().toLowerCase() ?? '1'
  const all = irqAffinitySettings(unit.name, isolated, machine)
  return withDefaultIrq(unit, OFF.has(process) ? all.filter(({ knob }) => knob.knob !== 'irq-affinity') : all)
}

function kernelKnobs(unit: Unit, machine: Machine): Setting[] {
  return [...unit.options].flatMap(([name, option]) =>
    isKernelKnob(name) ? [kernelKnobSetting(unit, name, option, machine)] : [],
  )
}

/** Several expressions are split by `;`; a semicolon within one is written `\;`. */
function patternsOf(unit: Unit, name: string): string[] {
  const option = optionOf(unit, name)
  if (option === undefined) return []
  const patterns = option.value.split(/(?<!\\);/).filter((pattern) => pattern !== '')
  for (const pattern of patterns) pythonRegex(pattern, option.place)
  return patterns
}

function nowhere(isolated: CpuSet, place: Place): InputError {
  return new InputError({
    code: 'all-cpus-isolated',
    message: `isolated_cores=${isolated} isolates every online CPU; threads and interrupts have nowhere to go`,
    place,
    next: 'Leave at least one whole core on each NUMA node, CPU 0 among them.',
  })
}

/** `cgroup.NAME` and `group.NAME` carry their own names. */
function warningsOf(unit: Unit): Warning[] {
  const names = [...unit.options.keys()]
  const own = names.filter((name) => name.startsWith('group.') || isKernelKnob(name))
  const cgroups = names.filter((name) => name.startsWith('cgroup.'))
  const leftAlone = { ...LEFT_ALONE, ...Object.fromEntries(cgroups.map((name) => [name, NO_CGROUPS])) }
  const quiet = OFF.has(optionOf(unit, 'runtime')?.value.trim().toLowerCase() ?? '') ? ['runtime'] : []
  return optionWarnings(unit, [...OPTIONS, ...own, ...quiet], leftAlone)
}
