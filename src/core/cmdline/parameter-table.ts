import { canonicalName } from './parse.ts'

/**
 * What the kernel does with a parameter that stands twice.
 * first-wins: the second one is refused when it differs (kernel/sched/isolation.c: "must match isolcpus=").
 * last-wins: the second one overwrites. all-count: each is read and has its own effect.
 */
export type Repetition = 'first-wins' | 'last-wins' | 'all-count'

export interface ParameterRule {
  repeated: Repetition
  /** the value is a cpulist; `flags` are words that may stand before it, `implied` what holds without any */
  cpulist?: { flags: readonly string[]; implied: readonly string[] }
}

const LIST = { flags: [], implied: [] }

/**
 * Parameters whose meaning quietcore knows. Source: Documentation/admin-guide/kernel-parameters.txt and the parser of
 * each (kernel/sched/isolation.c, kernel/rcu/tree_nocb.h, kernel/irq/irqdesc.c, kernel/workqueue.c, mm/hugetlb.c).
 */
const RULES: Readonly<Record<string, ParameterRule>> = {
  isolcpus: {
    repeated: 'first-wins',
    cpulist: { flags: ['nohz', 'domain', 'managed_irq'], implied: ['domain'] },
  },
  nohz_full: { repeated: 'first-wins', cpulist: LIST },
  rcu_nocbs: { repeated: 'last-wins', cpulist: LIST },
  irqaffinity: { repeated: 'last-wins', cpulist: LIST },
  kthread_cpus: { repeated: 'last-wins', cpulist: LIST },
  'workqueue.unbound_cpus': { repeated: 'last-wins', cpulist: LIST },
  // hugepages= belongs to the hugepagesz= before it: see units.ts
  hugepagesz: { repeated: 'all-count' },
}

/** Parameters that are meant to stand several times; each one counts. */
const ALL_COUNT = new Set([
  ...[
    'console',
    'earlycon',
    'memmap',
    'crashkernel',
    'acpi_osi',
    'clearcpuid',
    'video',
    'pci',
    'efi',
    'acpi',
  ],
  ...['intel_iommu', 'amd_iommu', 'iommu', 'ip', 'nameserver', 'initrd', 'initcall_blacklist', 'dyndbg'],
  ...['modprobe.blacklist', 'systemd.mask', 'systemd.wants', 'systemd.setenv', 'ima_policy'],
])

const LAST_WINS: ParameterRule = { repeated: 'last-wins' }
const EACH_COUNTS: ParameterRule = { repeated: 'all-count' }

/** The rule of a parameter; parameters unknown to the table are overwritten by the later one, as most of the kernel's are. */
export function ruleOf(name: string): ParameterRule {
  const canonical = canonicalName(name)
  const known = Object.hasOwn(RULES, canonical) ? RULES[canonical] : undefined
  if (known) return known
  // dracut's and systemd's generators (rd.lvm.lv=, rd.luks.name=) read each one; `<module>.dyndbg` too
  const each = ALL_COUNT.has(canonical) || canonical.startsWith('rd.') || canonical.endsWith('.dyndbg')
  return each ? EACH_COUNTS : LAST_WINS
}
