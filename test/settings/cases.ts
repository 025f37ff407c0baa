import type { Unit } from '../../src/core/profile/profile.ts'
import { unitOf } from '../support/unit-of.ts'

/** What one unit asks of one machine: its settings and warnings are in test/golden/settings/NAME.json. */
export interface Case {
  /** what the golden file is called and shows */
  name: string
  unit: Unit
  files: Readonly<Record<string, string>>
  /** modes of files that are not 0644 */
  modes?: Readonly<Record<string, number>>
  vendor?: string
  cmdline?: string
  variables?: Readonly<Record<string, string>>
}

const CPU = '/sys/devices/system/cpu'
const KVM = '/sys/module/kvm/parameters'
const NODES = '/sys/devices/system/node'
const THP = '/sys/kernel/mm/transparent_hugepage'

const UNCORE = `${CPU}/intel_uncore_frequency`

function uncoreDevice(name: string, minKhz: string, maxKhz: string): Record<string, string> {
  const values = {
    ...{ initial_min_freq_khz: minKhz, initial_max_freq_khz: maxKhz },
    ...{ min_freq_khz: minKhz, max_freq_khz: maxKhz },
    ...{ elc_floor_freq_khz: '1200000', elc_low_threshold_percent: '10' },
    ...{ elc_high_threshold_percent: '90', elc_high_threshold_enable: '0' },
  }
  return Object.fromEntries(
    Object.entries(values).map(([file, value]) => [`${UNCORE}/${name}/${file}`, `${value}\n`]),
  )
}

/** Two frequency domains of two CPUs, three idle states, no energy bias on the second half. */
const FREQUENCY: Record<string, string> = {
  ...domain(0, '0 1', 'performance powersave'),
  ...domain(2, '2 3', 'powersave schedutil'),
  [`${CPU}/cpu0/power/energy_perf_bias`]: '6\n',
  [`${CPU}/cpu1/power/energy_perf_bias`]: '6\n',
  [`${CPU}/intel_pstate/min_perf_pct`]: '21\n',
  [`${CPU}/intel_pstate/no_turbo`]: '0\n',
  ...idleStates('intel_idle', ['POLL 0', 'C1 2', 'C6 133']),
  ...Object.fromEntries(
    [0, 1, 2, 3].map((cpu) => [`${CPU}/cpu${cpu}/power/pm_qos_resume_latency_us`, '0\n']),
  ),
}

function domain(first: number, cpus: string, governors: string): Record<string, string> {
  const dir = `${CPU}/cpufreq/policy${first}`
  return {
    [`${dir}/affected_cpus`]: `${cpus}\n`,
    [`${dir}/scaling_governor`]: 'powersave\n',
    [`${dir}/scaling_available_governors`]: `${governors} \n`,
    [`${dir}/energy_performance_preference`]: 'balance_performance\n',
    [`${dir}/energy_performance_available_preferences`]: 'default performance balance_performance\n',
  }
}

export function idleStates(driver: string, states: readonly string[]): Record<string, string> {
  const files = states.flatMap((state, index) => {
    const [name, latency] = state.split(' ')
    const dir = `${CPU}/cpu0/cpuidle/state${index}`
    return [
      [`${dir}/name`, `${name}\n`],
      [`${dir}/latency`, `${latency}\n`],
    ]
  })
  return { [`${CPU}/cpuidle/current_driver`]: `${driver}\n`, ...Object.fromEntries(files) }
}

export const CASES: readonly Case[] = [
  {
    name: 'sysctl',
    unit: unitOf('sysctl', {
      'kernel.timer_migration': '0',
      'net.core.somaxconn': '>2048',
      'net.ipv4.tcp_rmem': '"4096 87380 16777216"',
      'net.ipv4.conf.eth0/200.rp_filter': '0',
      'vm/swappiness': '10',
      'kernel.watchdog_cpumask': '0-1',
      'kernel.sched_min_granularity_ns': '3000000',
    }),
    files: {
      '/proc/sys/kernel/timer_migration': '1\n',
      '/proc/sys/net/core/somaxconn': '128\n',
      '/proc/sys/net/ipv4/tcp_rmem': '4096\t131072\t6291456\n',
      '/proc/sys/net/ipv4/conf/eth0.200/rp_filter': '1\n',
      '/proc/sys/vm/swappiness': '60\n',
      '/proc/sys/kernel/watchdog_cpumask': '0-3\n',
      '/etc/sysctl.d/50-admin.conf': '# ours\nvm.swappiness = 30\n-kernel.timer_migration=0\n',
      '/usr/lib/sysctl.d/50-admin.conf': 'net.core.somaxconn=64\n',
      '/etc/sysctl.conf': '; hidden\nnet.core.somaxconn = 1024\n',
    },
  },
  {
    name: 'sysfs',
    unit: unitOf('sysfs', {
      '/sys/devices/system/machinecheck/machinecheck*/ignore_ce': '1',
      '/sys/devices/virtual/workqueue/cpumask': '00000003',
      '/sys/kernel/mm/ksm/run': '2',
      '/sys/module/nvme_core/parameters/multipath': '0',
      '/sys/kernel/ktimer_lockless_check': '1',
      '/sys/bus/workqueue/devices/none*/cpumask': '3',
    }),
    files: {
      '/sys/devices/system/machinecheck/machinecheck0/ignore_ce': '0\n',
      '/sys/devices/system/machinecheck/machinecheck1/ignore_ce': '0\n',
      '/sys/devices/system/machinecheck/machinecheck10/ignore_ce': '0\n',
      '/sys/devices/virtual/workqueue/cpumask': 'f\n',
      '/sys/kernel/mm/ksm/run': '1\n',
      '/sys/module/nvme_core/parameters/multipath': 'Y\n',
    },
  },
  {
    name: 'vm',
    unit: unitOf('vm', {
      transparent_hugepages: 'never',
      'transparent_hugepage.defrag': 'madvise',
      dirty_bytes: '10%',
      dirty_background_bytes: '268435456',
      swappiness: '1',
    }),
    cmdline: 'quiet transparent_hugepage=always',
    files: {
      [`${THP}/enabled`]: 'always [madvise] never\n',
      [`${THP}/defrag`]: 'always defer defer+madvise [madvise] never\n',
      '/proc/sys/vm/dirty_bytes': '0\n',
      '/proc/sys/vm/dirty_ratio': '20\n',
      '/proc/sys/vm/dirty_background_bytes': '0\n',
      '/proc/sys/vm/dirty_background_ratio': '5\n',
    },
  },
  {
    name: 'cpu',
    unit: unitOf('cpu', {
      force_latency: 'cstate.id_no_zero:0|cstate.name:C1|3',
      governor: 'performance|schedutil',
      energy_performance_preference: 'performance',
      energy_perf_bias: 'performance',
      min_perf_pct: '100',
      max_perf_pct: '>90',
      no_turbo: 'true',
      boost: '1',
      sampling_down_factor: '100',
      pm_qos_resume_latency_us: 'n/a',
      load_threshold: '0.2',
    }),
    files: FREQUENCY,
  },
  {
    name: 'cpu-devices',
    unit: unitOf(
      'cpu',
      { governor: 'performance', pm_qos_resume_latency_us: '20' },
      { devices: 'cpu[1-3], !cpu2' },
    ),
    files: FREQUENCY,
  },
  {
    name: 'cpu-in-a-virtual-machine',
    unit: unitOf('cpu', {
      force_latency: '1',
      governor: 'performance',
      energy_perf_bias: 'performance',
      boost: '1',
      energy_performance_preference: 'performance',
    }),
    files: idleStates('none', []),
  },
  {
    name: 'acpi',
    unit: unitOf('acpi', { platform_profile: 'max-power|performance' }),
    files: {
      '/sys/firmware/acpi/platform_profile': 'balanced\n',
      '/sys/firmware/acpi/platform_profile_choices': 'low-power balanced performance\n',
    },
  },
  {
    name: 'irq',
    unit: unitOf('irq', { affinity: '0-1', mode: 'intersect' }, { devices: 'irq2* DEFAULT' }),
    cmdline: 'isolcpus=managed_irq,domain,2-3',
    files: {
      '/proc/interrupts':
        ' 24:  1  0  0  0  PCI-MSI 0-edge      eth0-rx, eth0-tx\n 26:  0  0  0  0  PCI-MSI 2-edge      nvme0q1\n',
      '/proc/irq/0/smp_affinity_list': '0-3\n',
      '/proc/irq/24/smp_affinity_list': '1-3\n',
      '/proc/irq/25/smp_affinity_list': '2-3\n',
      '/proc/irq/26/smp_affinity_list': '3\n',
      '/proc/irq/27/smp_affinity_list': '\n',
      '/proc/irq/default_smp_affinity': 'f\n',
      '/sys/kernel/debug/irq/irqs/24': 'dstate:   0x1\n            IRQD_ACTIVATED\n',
      '/sys/kernel/debug/irq/irqs/26': 'dstate:   0x1\n            IRQD_AFFINITY_MANAGED\n',
    },
  },
  {
    name: 'irqbalance',
    unit: unitOf('irqbalance', { banned_cpus: '2-3' }),
    files: {
      '/usr/sbin/irqbalance': '',
      '/etc/default/irqbalance': '#IRQBALANCE_ONESHOT=\nIRQBALANCE_BANNED_CPULIST=3\n',
    },
  },
  {
    name: 'modules',
    unit: unitOf('modules', {
      nvme_core: 'io_timeout=4294967295 multipath=N',
      netrom: '+r nr_ndevs=2',
      cpufreq_conservative: '+r',
    }),
    files: {
      '/sys/module/nvme_core/parameters/io_timeout': '30\n',
      '/sys/module/nvme_core/parameters/multipath': 'Y\n',
    },
    modes: { '/sys/module/nvme_core/parameters/multipath': 0o444 },
  },
  {
    name: 'kvm-on-intel',
    unit: unitOf('kvm', {
      lapic_timer_advance: 'Y',
      kvmclock_periodic_sync: '0',
      nx_huge_pages: '0',
      halt_poll_ns: '0',
      ple_gap: '0',
      pause_filter_count: '0',
      nested: '0',
      tsc_frobnicate: '1',
    }),
    files: {
      [`${KVM}/lapic_timer_advance_ns`]: '1000\n',
      [`${KVM}/kvmclock_periodic_sync`]: 'Y\n',
      [`${KVM}/nx_huge_pages`]: 'N\n',
      [`${KVM}/halt_poll_ns`]: '200000\n',
      '/sys/module/kvm_intel/parameters/ple_gap': '128\n',
      '/sys/module/kvm_intel/parameters/nested': 'Y\n',
      '/etc/modprobe.d/kvm.conf':
        '# libvirt\noptions kvm_intel nested=1\noptions kvm kvmclock_periodic_sync=N\n',
      '/usr/lib/modprobe.d/zz-vendor.conf': 'options kvm halt_poll_ns=400000\n',
      '/lib/modprobe.d/kvm.conf': 'options kvm_intel ple_gap=64\n',
    },
    modes: {
      [`${KVM}/kvmclock_periodic_sync`]: 0o444,
      '/sys/module/kvm_intel/parameters/ple_gap': 0o444,
      '/sys/module/kvm_intel/parameters/nested': 0o444,
    },
  },
  {
    name: 'kvm-on-amd',
    vendor: 'AuthenticAMD',
    unit: unitOf('kvm', {
      lapic_timer_advance_ns: '2500',
      ple_gap: '0',
      pause_filter_count: '0',
      'kvm_amd.avic': '1',
    }),
    files: {
      [`${KVM}/lapic_timer_advance`]: 'N\n',
      '/sys/module/kvm_amd/parameters/pause_filter_count': '3000\n',
    },
    modes: { '/sys/module/kvm_amd/parameters/pause_filter_count': 0o444 },
  },
  {
    name: 'kvm-not-loaded',
    unit: unitOf('kvm', { lapic_timer_advance: 'Y', halt_poll_ns: '0' }),
    files: {},
  },
  {
    name: 'hugepages',
    unit: unitOf('hugepages', { 'node1.1G': '1', '1G': '5', '2M': '7', 'node2.2M': '1', '64K': '1' }),
    files: { [`${NODES}/node0/meminfo`]: 'Node 0 MemTotal: 8388608 kB\nNode 0 MemFree:        2097152 kB\n' },
  },
  {
    name: 'systemd',
    unit: unitOf('systemd', { cpu_affinity: '0 1' }),
    files: {
      '/etc/systemd/system.conf': '[Manager]\n',
      '/etc/systemd/system.conf.d/99-admin.conf': '[Manager]\nCPUAffinity=0-3\n',
      '/proc/1/status': 'Name:\tsystemd\nCpus_allowed_list:\t0-3\n',
    },
  },
  {
    name: 'service',
    unit: unitOf('service', {
      'service.ksmtuned': 'stop, disable',
      'service.pmd.socket': 'enable;file:/etc/quietcore/pmd.conf',
    }),
    files: { '/etc/quietcore/pmd.conf': '[Socket]\nBacklog=1\n' },
  },
  {
    name: 'script',
    unit: unitOf('script', { script: '/usr/lib/a/script.sh\n/usr/lib/b/script.sh' }),
    variables: { isolated_cores: '2-3' },
    files: {},
  },
  {
    name: 'net',
    unit: unitOf('net', {
      channels: 'combined 2',
      coalesce: 'adaptive-rx off, rx-usecs 0',
      features: 'gro off',
      wake_on_lan: '0',
      mtu: '9000',
      nf_conntrack_hashsize: '131072',
    }),
    files: { '/sys/class/net/ens1f0/mtu': '1500\n' },
  },
  {
    name: 'disk',
    unit: unitOf('disk', { elevator: 'none|noop', readahead: '>8192 s', scheduler_quantum: '8', apm: '128' }),
    files: {
      '/sys/block/sda/removable': '0\n',
      '/sys/block/sda/device/model': 'x\n',
      '/sys/block/sda/queue/scheduler': '[mq-deadline] none\n',
      '/sys/block/sda/queue/read_ahead_kb': '128\n',
      '/sys/block/sr0/removable': '1\n',
      '/sys/block/sr0/device/model': 'x\n',
      '/sys/block/loop0/removable': '0\n',
      '/sys/block/nvme0n1/removable': '0\n',
      '/sys/block/nvme0n1/device/model': 'x\n',
      '/sys/block/nvme0n1/queue/scheduler': 'kyber [mq-deadline]\n',
      '/sys/block/nvme0n1/queue/read_ahead_kb': '8192\n',
    },
  },
  {
    name: 'video',
    unit: unitOf('video', { panel_power_savings: '0', radeon_powersave: 'dpm-balanced, auto' }),
    files: {
      '/sys/class/drm/card0-eDP-1/amdgpu/panel_power_savings': '3\n',
      '/sys/class/drm/card1/device/power_method': 'dynpm\n',
      '/sys/class/drm/card1/device/power_profile': 'default\n',
    },
  },
  {
    name: 'audio',
    unit: unitOf('audio', { timeout: '10', reset_controller: 'true' }),
    files: { '/sys/module/snd_hda_intel/parameters/power_save': '0\n' },
  },
  {
    name: 'usb',
    unit: unitOf('usb', { autosuspend: '-1' }, { devices: '1-*' }),
    files: {
      '/sys/bus/usb/devices/1-1/power/autosuspend': '2\n',
      '/sys/bus/usb/devices/1-1:1.0/power/autosuspend': '2\n',
      '/sys/bus/usb/devices/usb1/power/autosuspend': '2\n',
    },
  },
  {
    name: 'scsi-host',
    unit: unitOf('scsi_host', { alpm: 'max_performance' }),
    files: {
      '/sys/class/scsi_host/host0/link_power_management_policy': 'med_power_with_dipm\n',
      '/sys/class/scsi_host/host1/state': 'running\n',
    },
  },
  {
    name: 'selinux',
    unit: unitOf('selinux', { avc_cache_threshold: '8192' }),
    files: { '/sys/fs/selinux/avc/cache_threshold': '512\n' },
  },
  {
    name: 'uncore',
    unit: unitOf('uncore', { min_freq_khz: '2400000', max_freq_khz: '2400000' }),
    files: { '/sys/devices/system/cpu/intel_uncore_frequency/package_00_die_00/min_freq_khz': '800000\n' },
  },
  {
    name: 'uncore-share',
    unit: unitOf('uncore', {
      max_freq_khz: '90%',
      min_freq_khz: '1250000',
      elc_floor_freq_khz: '0%',
      elc_low_threshold_percent: '10',
      elc_high_threshold_percent: '95%',
      elc_high_threshold_enable: '1',
      elc_middle: '3',
    }),
    files: {
      // TPMI: a device for each cluster beside the one of the whole package
      [`${UNCORE}/package_00_die_00/max_freq_khz`]: '2500000\n',
      ...uncoreDevice('uncore00', '800000', '2500000'),
      [`${UNCORE}/uncore01/max_freq_khz`]: '2400000\n',
    },
  },
  { name: 'rtentsk', unit: unitOf('rtentsk', {}), files: {} },
  { name: 'mounts', unit: unitOf('mounts', { disable_barriers: 'force' }), files: {} },
  { name: 'eeepc-she', unit: unitOf('eeepc_she', { she_normal: '1' }), files: {} },
  { name: 'thresholds', unit: unitOf('thresholds', { max_us: '20' }), files: {} },
]
