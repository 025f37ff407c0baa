import { CpuSet } from '../../cpu/cpu-set.ts'
import { parseCpuSpec } from '../cpu-spec.ts'
import { isTrue } from '../python-values.ts'
import { NovaRefusal } from '../refusal.ts'
import { type Release, SINCE } from '../release.ts'
import { refuseCpuModel } from './check-cpu-model.ts'
import { entriesOf } from './edit.ts'
import { type ConfFile, type FiledEntry, fatal, type ReadFiles, readFiles } from './fatal.ts'
import { optionLabel } from './options.ts'
import { readReservedPages } from './reserved-pages.ts'

const SECTIONS: ReadonlySet<string> = new Set(['DEFAULT', 'compute', 'libvirt'])

/**
 * Refuses a nova.conf, as it would be after the edit, that stops nova-compute at its start or works against the
 * isolated CPUs (nova/virt/libvirt/driver.py init_host; nova/conf/compute.py).
 * @param files in the order in which nova-compute reads them: nova.conf, then those that win over it
 * @throws InputError with the file and line; nothing has been written then
 */
export function refuseFatal(files: readonly ConfFile[], release: Release, online: CpuSet): void {
  const conf = readFiles(files, SECTIONS)
  const last = (section: string, key: string) => entriesOf(conf, section, key).at(-1)
  // An empty set is none for nova (virt/hardware.py get_vcpu_pin_set and its like).
  const set = (section: string, key: string) => {
    const entry = last(section, key)
    return entry?.value === '' ? undefined : entry
  }
  const [dedicated, shared, legacy] = [
    set('compute', 'cpu_dedicated_set'),
    set('compute', 'cpu_shared_set'),
    set('DEFAULT', 'vcpu_pin_set'),
  ]
  const [dedicatedCpus, sharedCpus] = [cpusOf(dedicated), cpusOf(shared)]
  const legacyCpus = cpusOf(legacy)
  if (dedicated && legacy) {
    throw fatal('vcpu-pin-set-with-dedicated-set', legacy, {
      message: 'vcpu_pin_set and cpu_dedicated_set are both set; nova-compute would not start',
      next: 'Remove vcpu_pin_set, which cpu_dedicated_set replaces since Train; move unpinned guests away first.',
    })
  }
  const overlap = dedicatedCpus?.intersect(sharedCpus ?? CpuSet.empty)
  if (overlap && overlap.size > 0) {
    const ofOthers = [shared!, dedicated!].find(({ file }) => file !== files[0]?.file)
    throw fatal('cpu-sets-overlap', ofOthers ?? shared!, {
      message: `the CPUs ${overlap} are in cpu_dedicated_set and in cpu_shared_set; nova-compute would not start`,
      next: 'Give each CPU to one of the two.',
    })
  }
  const reservedCpus = last('DEFAULT', 'reserved_host_cpus')
  if (
    reservedCpus &&
    Number(reservedCpus.value) > 0 &&
    (dedicated || (shared && !legacy)) &&
    release.major >= SINCE.dedicatedSet
  ) {
    throw fatal('reserved-host-cpus', reservedCpus, {
      message: `reserved_host_cpus=${reservedCpus.value} stands beside a CPU set; nova-compute would not start`,
      next: 'Remove reserved_host_cpus: what the host keeps is what is in neither set.',
    })
  }
  for (const [entry, cpus] of [
    [dedicated, dedicatedCpus],
    [shared, sharedCpus],
    [legacy, legacyCpus],
  ] as const) {
    const missing = cpus?.minus(online)
    if (entry && missing && missing.size > 0 && online.size > 0) {
      throw fatal('cpus-not-online', entry, {
        message: `${optionLabel(entry)} names the CPUs ${missing}, which are not online on this machine; nova-compute would not start`,
        next: 'Name online CPUs, or give the isolated CPUs with --isolated-cores.',
      })
    }
  }
  refuseCpuModel(conf)
  refuseReservedPages(conf)
  refuseAgainstIsolation(conf, dedicatedCpus ?? legacyCpus)
}

function refuseReservedPages(conf: ReadFiles): void {
  const bad = entriesOf(conf, 'DEFAULT', 'reserved_huge_pages').find(({ value }) => !readReservedPages(value))
  if (!bad) return
  throw fatal('bad-reserved-huge-pages', bad, {
    message: `nova cannot read reserved_huge_pages=${bad.value}; nova-compute would not start`,
    next: 'Write it as node:0,size:1GB,count:2 (KiB without a unit).',
  })
}

function refuseAgainstIsolation(conf: ReadFiles, dedicated: CpuSet | undefined): void {
  const last = (section: string, key: string) => entriesOf(conf, section, key).at(-1)
  const power = last('libvirt', 'cpu_power_management')
  if (power && isTrue(power.value) && dedicated && dedicated.size > 0) {
    const strategy = last('libvirt', 'cpu_power_management_strategy')?.value ?? 'cpu_state'
    throw fatal('cpu-power-management', power, {
      message: `cpu_power_management (${strategy}) would let nova ${strategy === 'governor' ? 'change the governor of' : 'take offline'} the isolated CPUs ${dedicated} while no guest is on them, against the tuning of this host`,
      next: 'Set [libvirt] cpu_power_management = false on real-time hosts.',
    })
  }
  const backed = last('libvirt', 'file_backed_memory')
  if (backed && Number(backed.value) > 0) {
    throw fatal('file-backed-memory', backed, {
      message: `file_backed_memory=${backed.value} cannot be had together with huge pages, which real-time guests need`,
      next: 'Remove file_backed_memory on this host.',
    })
  }
}

/** @throws InputError for a set that nova cannot read, or that is empty */
function cpusOf(entry: FiledEntry | undefined): CpuSet | undefined {
  if (!entry) return undefined
  try {
    const cpus = parseCpuSpec(entry.value)
    if (cpus.size > 0) return CpuSet.of(cpus)
  } catch (error) {
    if (!(error instanceof NovaRefusal)) throw error
  }
  throw fatal('bad-cpu-set', entry, {
    message: `nova cannot read '${entry.value}' as a set of CPUs for ${optionLabel(entry)}`,
    next: "Write it as nova does: numbers and ranges split by commas, '^' before those to leave out, such as 4-12,^8,15.",
  })
}
