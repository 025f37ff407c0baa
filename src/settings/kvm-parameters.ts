/**
 * Where the parameters of KVM live (arch/x86/kvm/x86.c, mmu/mmu.c, lapic.c, virt/kvm/kvm_main.c; vmx/vmx.c; svm/svm.c).
 * A parameter that is not here is written with its module: `kvm.x`, `kvm_intel.x`, `kvm_amd.x`.
 */
export const KVM_PARAMETERS: Readonly<Record<string, 'kvm' | 'kvm_intel' | 'kvm_amd' | 'vendor'>> = {
  lapic_timer_advance: 'kvm',
  lapic_timer_advance_ns: 'kvm',
  halt_poll_ns: 'kvm',
  halt_poll_ns_grow: 'kvm',
  halt_poll_ns_grow_start: 'kvm',
  halt_poll_ns_shrink: 'kvm',
  kvmclock_periodic_sync: 'kvm',
  nx_huge_pages: 'kvm',
  nx_huge_pages_recovery_period_ms: 'kvm',
  nx_huge_pages_recovery_ratio: 'kvm',
  enable_pmu: 'kvm',
  min_timer_period_us: 'kvm',
  tsc_tolerance_ppm: 'kvm',
  vector_hashing: 'kvm',
  pi_inject_timer: 'kvm',
  ignore_msrs: 'kvm',
  tdp_mmu: 'kvm',
  ple_gap: 'kvm_intel',
  ple_window: 'kvm_intel',
  ple_window_grow: 'kvm_intel',
  ple_window_shrink: 'kvm_intel',
  ple_window_max: 'kvm_intel',
  preemption_timer: 'kvm_intel',
  enable_apicv: 'kvm_intel',
  ept: 'kvm_intel',
  pause_filter_count: 'kvm_amd',
  pause_filter_thresh: 'kvm_amd',
  pause_filter_count_grow: 'kvm_amd',
  pause_filter_count_shrink: 'kvm_amd',
  pause_filter_count_max: 'kvm_amd',
  avic: 'kvm_amd',
  npt: 'kvm_amd',
  nested: 'vendor',
}

/** The other vendor's name for the same thing, for the reason why a parameter is not there. */
export const COUNTERPART: Readonly<Record<string, string>> = {
  ple_gap: 'pause_filter_count',
  ple_window: 'pause_filter_count',
  pause_filter_count: 'ple_gap',
  pause_filter_thresh: 'ple_gap',
  enable_apicv: 'avic',
  avic: 'enable_apicv',
}

/** The vendor module for this CPU; undefined where KVM is no module of x86. */
export function vendorModule(vendor: string): 'kvm_intel' | 'kvm_amd' | undefined {
  if (vendor === 'GenuineIntel') return 'kvm_intel'
  return vendor === 'AuthenticAMD' || vendor === 'HygonGenuine' ? 'kvm_amd' : undefined
}
