import type { CpuSet } from '../../cpu/cpu-set.ts'
import { type Release, SINCE } from '../release.ts'
import { type OptionName, optionId } from './options.ts'

/** What the host is to give to nova. */
export interface HostShare {
  /** the isolated CPUs of the active profile */
  isolated: CpuSet
  /** housekeeping CPUs that unpinned guests and emulator threads may use */
  shared: CpuSet
  /** `node:0,size:1GB,count:1`: huge pages that nova leaves to others, such as a virtual switch */
  reservedHugePages: readonly string[]
  /** guests without a screen: no VNC server, no video device, no USB tablet */
  headless: boolean
  /** the file is read by a scheduler, too */
  scheduler: boolean
  release: Release
}

/** One option, what it is to say and why. */
export interface WantedOption extends OptionName {
  values: readonly string[]
  why: string
  /** how the option's text is held against the wanted one */
  compare: 'text' | 'cpus' | 'pages' | 'filters'
}

/** nova/conf/scheduler.py enabled_filters, the default since Zed (26). */
const DEFAULT_FILTERS = [
  'ComputeFilter',
  'ComputeCapabilitiesFilter',
  'ImagePropertiesFilter',
  'ServerGroupAntiAffinityFilter',
  'ServerGroupAffinityFilter',
]

export const NUMA_FILTER = 'NUMATopologyFilter'

/** What nova.conf of a real-time compute node says. `have` are the values that stand there, by `section/key`. */
export function wantedOptions(
  share: HostShare,
  have: ReadonlyMap<string, readonly string[]>,
): WantedOption[] {
  return [
    ...cpuSets(share),
    ...(share.reservedHugePages.length === 0 ? [] : [reserved(share.reservedHugePages)]),
    option(
      'libvirt',
      'cpu_mode',
      'host-passthrough',
      'the guest sees the host CPU with its TSC deadline timer; the default, host-model, hides features',
    ),
    option(
      'libvirt',
      'mem_stats_period_seconds',
      '0',
      'no memory balloon in guests: its polling every 10 s interrupts the vCPUs',
    ),
    option('libvirt', 'rx_queue_size', '1024', 'a late vCPU drops no packets of a vhost-user queue'),
    option('libvirt', 'tx_queue_size', '1024', 'a late vCPU drops no packets of a vhost-user queue'),
    ...priority(have),
    ...(share.headless ? headless() : []),
    ...(share.scheduler ? [filters(have)] : []),
  ]
}

/** nova/conf/libvirt.py realtime_scheduler_priority: 1 is the default, so only a line that says otherwise is wrong. */
function priority(have: ReadonlyMap<string, readonly string[]>): WantedOption[] {
  const wanted = option(
    'libvirt',
    'realtime_scheduler_priority',
    '1',
    'vCPUs stay below the kernel threads of the profile (ksoftirqd, ktimers, rcuc), which they would starve',
  )
  return (have.get(optionId(wanted)) ?? []).length === 0 ? [] : [wanted]
}

/** What nova adds to every domain for a screen that nobody looks at (rule W3 of the domain audit). */
function headless(): WantedOption[] {
  return [
    option(
      'vnc',
      'enabled',
      'false',
      'no VNC server and no video device: their work is done by emulator threads',
    ),
    option('DEFAULT', 'pointer_model', 'ps2mouse', 'no USB controller and tablet, which qemu polls'),
  ]
}

function cpuSets({ isolated, shared, release }: HostShare): WantedOption[] {
  const pinned = 'pinned vCPUs run on the isolated CPUs of the profile and nowhere else'
  const floating = 'emulator threads (hw:emulator_threads_policy=share) and unpinned guests run here'
  const sharedSet =
    release.major >= SINCE.emulatorThreadsShare && shared.size > 0
      ? [cpus('compute', 'cpu_shared_set', shared, floating)]
      : []
  return release.major >= SINCE.dedicatedSet
    ? [cpus('compute', 'cpu_dedicated_set', isolated, pinned), ...sharedSet]
    : [cpus('DEFAULT', 'vcpu_pin_set', isolated, pinned), ...sharedSet]
}

function cpus(section: string, key: string, set: CpuSet, why: string): WantedOption {
  return { section, key, values: [set.toString()], why, compare: 'cpus' }
}

function option(section: string, key: string, value: string, why: string): WantedOption {
  return { section, key, values: [value], why, compare: 'text' }
}

function reserved(values: readonly string[]): WantedOption {
  return {
    section: 'DEFAULT',
    key: 'reserved_huge_pages',
    values,
    why: 'nova does not promise these pages to guests',
    compare: 'pages',
  }
}

/** The filters that are there with NUMATopologyFilter behind them; where none are set, nova's default with it. */
function filters(have: ReadonlyMap<string, readonly string[]>): WantedOption {
  const name = { section: 'filter_scheduler', key: 'enabled_filters' }
  const given = have.get(optionId(name))?.at(-1)
  const list = given === undefined ? DEFAULT_FILTERS : listOf(given)
  return {
    ...name,
    values: [(list.includes(NUMA_FILTER) ? list : [...list, NUMA_FILTER]).join(',')],
    why: `without ${NUMA_FILTER} the scheduler picks hosts whose huge pages or pinned CPUs are taken`,
    compare: 'filters',
  }
}

export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
}
