/** An option of nova.conf. */
export interface OptionName {
  section: string
  key: string
}

/** An option with the values it is to have: several only for one that may be repeated; none takes it away. */
export interface OptionValues extends OptionName {
  values: readonly string[]
}

/** Options that nova reads as a list of all their lines (oslo.config MultiOpt); of the others the last line counts. */
const REPEATED: ReadonlySet<string> = new Set(['DEFAULT/reserved_huge_pages'])

/** Every option that quietcore may ever write. The journal keeps how they stood before. */
export const MANAGED: readonly OptionName[] = [
  { section: 'DEFAULT', key: 'vcpu_pin_set' },
  { section: 'DEFAULT', key: 'reserved_huge_pages' },
  { section: 'DEFAULT', key: 'pointer_model' },
  { section: 'compute', key: 'cpu_dedicated_set' },
  { section: 'compute', key: 'cpu_shared_set' },
  { section: 'libvirt', key: 'cpu_mode' },
  { section: 'libvirt', key: 'mem_stats_period_seconds' },
  { section: 'libvirt', key: 'rx_queue_size' },
  { section: 'libvirt', key: 'tx_queue_size' },
  { section: 'libvirt', key: 'realtime_scheduler_priority' },
  { section: 'vnc', key: 'enabled' },
  { section: 'filter_scheduler', key: 'enabled_filters' },
]

export function optionId({ section, key }: OptionName): string {
  return `${section}/${key}`
}

/** `[compute] cpu_dedicated_set` */
export function optionLabel({ section, key }: OptionName): string {
  return `[${section}] ${key}`
}

export function mayRepeat(option: OptionName): boolean {
  return REPEATED.has(optionId(option))
}
