import { SINCE } from './release.ts'

/** What nova's API takes as the value of a key since microversion 2.86 (nova/api/validation/extra_specs). */
export type ValueType =
  | { kind: 'bool' }
  | { kind: 'int'; min?: number; max?: number }
  | { kind: 'word'; words: readonly string[] }
  /** `^0-1`, `0,2-3` */
  | { kind: 'cpu-mask' }
  | { kind: 'page-size' }
  /** names of persistent memory, `a,b` */
  | { kind: 'pmem' }
  /** `name:1, other:2` */
  | { kind: 'pci-alias' }
  | { kind: 'text' }

export interface ExtraSpec {
  key: string
  value: ValueType
  /** first release (major version) that knows it; undefined: Mitaka (13) or older */
  since?: number
  /** words that came later than the key */
  wordSince?: Readonly<Record<string, number>>
  /** a boot reads it, and the API refuses it from 2.86 on */
  bootOnly?: true
}

const BOOL: ValueType = { kind: 'bool' }
const TEXT: ValueType = { kind: 'text' }
const COUNT: ValueType = { kind: 'int', min: 1 }
const FROM_ZERO: ValueType = { kind: 'int', min: 0 }
const ANY_INT: ValueType = { kind: 'int' }
const MASK: ValueType = { kind: 'cpu-mask' }
const LEVEL = words('custom', 'high', 'normal', 'low')

/** Not in Zed (26), in 2026.1; which release between brought them is not established. */
const AFTER_ZED = 27

/** Keys without a variable part. What matters to a real-time guest comes first. */
export const EXTRA_SPECS: readonly ExtraSpec[] = [
  {
    key: 'hw:cpu_policy',
    value: words('dedicated', 'shared', 'mixed'),
    wordSince: { mixed: SINCE.includingMask },
  },
  { key: 'hw:cpu_thread_policy', value: words('prefer', 'isolate', 'require') },
  { key: 'hw:cpu_realtime', value: BOOL },
  { key: 'hw:cpu_realtime_mask', value: MASK },
  { key: 'hw:cpu_dedicated_mask', value: MASK, since: SINCE.includingMask },
  {
    key: 'hw:emulator_threads_policy',
    value: words('isolate', 'share'),
    since: SINCE.emulatorThreads,
    wordSince: { share: SINCE.emulatorThreadsShare },
  },
  { key: 'hw:mem_page_size', value: { kind: 'page-size' } },
  { key: 'hw:locked_memory', value: BOOL, since: SINCE.lockedMemory },
  { key: 'hw:pmu', value: BOOL, since: SINCE.pmu },
  { key: 'hw:numa_nodes', value: COUNT },
  {
    key: 'hw:pci_numa_affinity_policy',
    value: words('required', 'preferred', 'legacy', 'socket'),
    since: 21,
    wordSince: { socket: 23 },
  },
  { key: 'hw:hide_hypervisor_id', value: BOOL, since: 21 },
  { key: 'hw:watchdog_action', value: words('none', 'pause', 'poweroff', 'reset', 'disabled') },
  { key: 'hw:vif_multiqueue_enabled', value: BOOL, since: 24 },
  ...counts('hw:cpu_sockets', 'hw:cpu_cores', 'hw:cpu_threads'),
  ...counts('hw:max_cpu_sockets', 'hw:max_cpu_cores', 'hw:max_cpu_threads'),
  ...counts('hw:cpu_max_sockets', 'hw:cpu_max_cores', 'hw:cpu_max_threads').map(
    (spec): ExtraSpec => ({ ...spec, bootOnly: true }),
  ),
  { key: 'hw:boot_menu', value: BOOL },
  { key: 'hw:mem_encryption', value: BOOL, since: 20 },
  { key: 'hw:mem_encryption_model', value: words('amd-sev', 'amd-sev-es', 'amd-sev-snp'), since: AFTER_ZED },
  { key: 'hw:pmem', value: { kind: 'pmem' }, since: 20 },
  { key: 'hw:serial_port_count', value: FROM_ZERO },
  { key: 'hw:tpm_model', value: words('tpm-tis', 'tpm-crb'), since: 22 },
  { key: 'hw:tpm_version', value: words('1.2', '2.0'), since: 22 },
  { key: 'hw:viommu_model', value: words('intel', 'smmuv3', 'virtio', 'auto'), since: 26 },
  { key: 'hw:ephemeral_encryption', value: BOOL, since: 26 },
  { key: 'hw:ephemeral_encryption_format', value: words('plain', 'luks', 'luksv2'), since: 26 },
  { key: 'hw:maxphysaddr_mode', value: words('emulate', 'passthrough'), since: AFTER_ZED },
  { key: 'hw:maxphysaddr_bits', value: FROM_ZERO, since: AFTER_ZED },
  { key: 'hw:sound_model', value: TEXT, since: AFTER_ZED },
  { key: 'hw:usb_model', value: TEXT, since: AFTER_ZED },
  { key: 'hw:redirected_usb_ports', value: { kind: 'int', min: 0, max: 15 }, since: AFTER_ZED },
  { key: 'hw:virtio_packed_ring', value: BOOL, since: AFTER_ZED },
  { key: 'hw:tpm_secret_security', value: TEXT, since: AFTER_ZED },
  { key: 'hw_rng:allowed', value: BOOL },
  { key: 'hw_rng:rate_bytes', value: FROM_ZERO },
  { key: 'hw_rng:rate_period', value: FROM_ZERO },
  { key: 'hw_video:ram_max_mb', value: FROM_ZERO },
  { key: 'hide_hypervisor_id', value: BOOL, since: 18 },
  { key: 'group_policy', value: words('isolate', 'none'), since: SINCE.numberedGroups },
  { key: 'accel:device_profile', value: TEXT, since: 21 },
  { key: 'os:secure_boot', value: words('disabled', 'required') },
  {
    key: 'os:resolution',
    value: words('1024x768', '1280x1024', '1600x1200', '1920x1200', '2560x1600', '3840x2160'),
  },
  { key: 'os:monitors', value: { kind: 'int', min: 1, max: 8 } },
  { key: 'os:vram', value: words('64', '128', '256', '512', '1024') },
  { key: 'pci_passthrough:alias', value: { kind: 'pci-alias' } },
  { key: 'vmware:hw_version', value: TEXT },
  { key: 'vmware:storage_policy', value: TEXT },
  ...quotas(),
]

/** Namespaces that nova checks; a key in another one, or in none, is taken as it is. */
export const NAMESPACES: ReadonlySet<string> = new Set([
  'accel',
  'aggregate_instance_extra_specs',
  'capabilities',
  'hw',
  'hw_rng',
  'hw_video',
  'os',
  'pci_passthrough',
  'quota',
  'vmware',
])

const BY_KEY = new Map(EXTRA_SPECS.map((spec) => [spec.key, spec]))

/** What is known of a key; undefined when nova would not know it. */
export function extraSpecOf(key: string): ExtraSpec | undefined {
  return BY_KEY.get(key) ?? withVariablePart(key)
}

/** True for a namespace in which nova refuses keys that it does not know. */
export function isCheckedNamespace(namespace: string): boolean {
  return NAMESPACES.has(namespace) || /^(?:resources|trait)[a-zA-Z0-9_-]{0,64}$/.test(namespace)
}

function withVariablePart(key: string): ExtraSpec | undefined {
  if (/^hw:numa_cpus\.\d+$/.test(key)) return { key, value: MASK }
  if (/^hw:numa_mem\.\d+$/.test(key)) return { key, value: COUNT }
  const colon = key.indexOf(':')
  const [namespace, name] = [key.slice(0, colon), key.slice(colon + 1)]
  if (namespace === 'aggregate_instance_extra_specs' || namespace === 'capabilities') {
    return name === '' ? undefined : { key, value: TEXT }
  }
  // Which classes and traits there are is placement's list, which grows: any name in their alphabet is taken here.
  if (!/^[A-Z0-9_]+$/.test(name) || !isCheckedNamespace(namespace)) return undefined
  if (namespace.startsWith('resources'))
    return { key, value: ANY_INT, since: sinceOfResource(namespace, name) }
  if (namespace.startsWith('trait')) {
    const since = namespace === 'trait' ? SINCE.requiredTraits : SINCE.numberedGroups
    return { key, value: words('required', 'forbidden'), since, wordSince: { forbidden: 18 } }
  }
  return undefined
}

function sinceOfResource(namespace: string, name: string): number {
  if (name === 'PCPU') return SINCE.dedicatedSet
  return namespace === 'resources' ? SINCE.resourcesInFlavor : SINCE.numberedGroups
}

function words(...list: readonly string[]): ValueType {
  return { kind: 'word', words: list }
}

function counts(...keys: readonly string[]): ExtraSpec[] {
  return keys.map((key) => ({ key, value: COUNT }))
}

function quotas(): ExtraSpec[] {
  const shared = ['cpu', 'memory', 'disk_io', 'vif'].flatMap((what): ExtraSpec[] => [
    { key: `quota:${what}_limit`, value: FROM_ZERO },
    { key: `quota:${what}_reservation`, value: ANY_INT },
    { key: `quota:${what}_shares_level`, value: LEVEL },
    { key: `quota:${what}_shares_share`, value: FROM_ZERO },
  ])
  const disk = ['read', 'write', 'total'].flatMap((way) => [`disk_${way}_bytes_sec`, `disk_${way}_iops_sec`])
  const vif = ['inbound', 'outbound'].flatMap((way) =>
    ['average', 'peak', 'burst'].map((what) => `vif_${way}_${what}`),
  )
  const plain = ['cpu_shares', 'cpu_period', ...disk, ...vif]
  return [
    ...shared,
    ...plain.map((name): ExtraSpec => ({ key: `quota:${name}`, value: FROM_ZERO })),
    { key: 'quota:cpu_quota', value: ANY_INT },
  ]
}
