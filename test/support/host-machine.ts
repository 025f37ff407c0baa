import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import { type MachineSpec, makeMachine } from './made-machine.ts'

export interface HostSpec extends Partial<MachineSpec> {
  /** more interrupts than the four that every machine here has */
  irqs?: number
  /** more user tasks than the five that every machine here has */
  userTasks?: number
}

/**
 * A KVM host with every knob that the shipped profiles turn: sysctls, transparent huge pages, KSM, work queues,
 * cpufreq, KVM with both vendors' way, interrupts, kernel threads, GRUB as Debian has it, irqbalance, systemd.
 * Values are those of an untuned Debian 12.
 */
export function makeHost(dir: string, spec: HostSpec = {}): string {
  const { irqs = 0, userTasks = 0, ...machine } = spec
  const cpus = machine.cpus ?? 4
  const all = CpuSet.range(0, cpus - 1)
  const mask = all.toMask()
  const wide = cpus <= 32 ? mask.replace(/^0+(?=.)/, '') : mask
  const files: Record<string, string> = {
    ...sysctls(),
    ...sysfs(cpus, wide),
    ...interrupts(4 + irqs, all, wide),
    ...tasks(cpus, userTasks, all, wide),
    ...etc(),
    ...machine.files,
  }
  return makeMachine(dir, {
    nodes: 2,
    realtime: true,
    kernelRelease: '6.1.0-21-rt-amd64',
    nohzFull: '',
    cmdline: 'BOOT_IMAGE=/boot/vmlinuz-6.1.0-21-rt-amd64 root=/dev/sda1 ro quiet',
    ...machine,
    cpus,
    files,
  })
}

function sysctls(): Record<string, string> {
  const values: Record<string, string> = {
    'kernel/sched_rt_runtime_us': '950000',
    'kernel/sched_rt_period_us': '1000000',
    'kernel/timer_migration': '1',
    'kernel/nmi_watchdog': '1',
    'kernel/watchdog': '1',
    'kernel/soft_watchdog': '1',
    'kernel/numa_balancing': '1',
    'kernel/hung_task_timeout_secs': '120',
    'kernel/sched_autogroup_enabled': '1',
    'vm/stat_interval': '1',
    'vm/swappiness': '60',
    'vm/dirty_ratio': '20',
    'vm/dirty_bytes': '0',
    'vm/dirty_background_ratio': '10',
    'vm/dirty_background_bytes': '0',
    'net/core/busy_read': '0',
    'net/core/busy_poll': '0',
    'net/core/somaxconn': '4096',
    'net/ipv4/tcp_fastopen': '1',
    'net/ipv4/tcp_rmem': '4096\t131072\t6291456',
  }
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`/proc/sys/${key}`, `${value}\n`]))
}

function sysfs(cpus: number, mask: string): Record<string, string> {
  const files: Record<string, string> = {
    '/sys/kernel/mm/transparent_hugepage/enabled': 'always [madvise] never\n',
    '/sys/kernel/mm/transparent_hugepage/defrag': 'always defer defer+madvise [madvise] never\n',
    '/sys/kernel/mm/ksm/run': '0\n',
    '/sys/bus/workqueue/devices/writeback/cpumask': `${mask}\n`,
    '/sys/devices/virtual/workqueue/cpumask': `${mask}\n`,
    '/sys/devices/virtual/workqueue/blkcg_punt_bio/cpumask': `${mask}\n`,
    '/sys/module/kvm/parameters/halt_poll_ns': '200000\n',
    '/sys/module/kvm/parameters/kvmclock_periodic_sync': 'Y\n',
    '/sys/module/kvm/parameters/lapic_timer_advance_ns': '-1\n',
    '/sys/module/kvm/parameters/nx_huge_pages': 'Y\n',
    '/sys/module/kvm/parameters/enable_pmu': 'Y\n',
    '/sys/module/kvm_intel/parameters/ple_gap': '128\n',
    '/sys/module/kvm_intel/parameters/ple_window': '4096\n',
    '/sys/devices/system/cpu/cpuidle/current_driver': 'intel_idle\n',
    '/sys/devices/system/cpu/intel_pstate/status': 'active\n',
    '/sys/devices/system/cpu/intel_pstate/min_perf_pct': '21\n',
    '/sys/devices/system/cpu/intel_pstate/max_perf_pct': '100\n',
    '/sys/devices/system/cpu/intel_pstate/no_turbo': '0\n',
    '/sys/devices/system/node/node0/meminfo':
      'Node 0 MemTotal:       33554432 kB\nNode 0 MemFree:        30000000 kB\n',
    '/sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  }
  for (let cpu = 0; cpu < cpus; cpu++) {
    const base = `/sys/devices/system/cpu/cpu${cpu}`
    files[`/sys/devices/system/machinecheck/machinecheck${cpu}/ignore_ce`] = '0\n'
    files[`/sys/devices/system/machinecheck/machinecheck${cpu}/check_interval`] = '300\n'
    files[`${base}/cpufreq/scaling_governor`] = 'powersave\n'
    files[`${base}/cpufreq/scaling_available_governors`] = 'performance powersave\n'
    files[`${base}/cpufreq/energy_performance_preference`] = 'balance_performance\n'
    files[`${base}/cpufreq/energy_performance_available_preferences`] =
      'default performance balance_performance balance_power power\n'
    files[`${base}/power/energy_perf_bias`] = '6\n'
    files[`${base}/power/pm_qos_resume_latency_us`] = '0\n'
    for (const [state, [name, latency]] of [
      ['POLL', 0],
      ['C1', 2],
      ['C6', 133],
    ].entries()) {
      files[`${base}/cpuidle/state${state}/name`] = `${name}\n`
      files[`${base}/cpuidle/state${state}/latency`] = `${latency}\n`
      files[`${base}/cpuidle/state${state}/disable`] = '0\n'
    }
  }
  return files
}

function interrupts(count: number, all: CpuSet, mask: string): Record<string, string> {
  const files: Record<string, string> = { '/proc/irq/default_smp_affinity': `${mask}\n` }
  const rows = [`${' '.repeat(5)}${all.cpus.map((cpu) => `CPU${cpu}`.padStart(11)).join('')}`]
  for (let irq = 0; irq < count; irq++) {
    const name = irq === 0 ? 'timer' : irq === 3 ? 'rtc0' : `eth0-TxRx-${irq}`
    files[`/proc/irq/${irq}/smp_affinity_list`] = `${all}\n`
    files[`/proc/irq/${irq}/smp_affinity`] = `${mask}\n`
    files[`/proc/irq/${irq}/effective_affinity_list`] = '0\n'
    files[`/proc/irq/${irq}/spurious`] = 'count 0\nunhandled 0\nlast_unhandled 0 ms\n'
    files[`/proc/irq/${irq}/${name}/.keep`] = ''
    rows.push(
      `${`${irq}`.padStart(4)}:${all.cpus.map(() => '0'.padStart(11)).join('')}  PCI-MSI ${irq}-edge  ${name}`,
    )
  }
  rows.push(`${'LOC'.padStart(4)}:${all.cpus.map(() => '0'.padStart(11)).join('')}  Local timer interrupts`)
  files['/proc/interrupts'] = `${rows.join('\n')}\n`
  return files
}

interface MadeTask {
  pid: number
  comm: string
  kernel: boolean
  cpus: CpuSet
  bound?: boolean
  policy?: number
  priority?: number
  cmdline?: string
}

const PF_KTHREAD = 0x00200000
const PF_NO_SETAFFINITY = 0x04000000

function tasks(cpus: number, userTasks: number, all: CpuSet, mask: string): Record<string, string> {
  const made: MadeTask[] = [
    { pid: 1, comm: 'systemd', kernel: false, cpus: all, cmdline: '/sbin/init' },
    { pid: 2, comm: 'kthreadd', kernel: true, cpus: all },
    { pid: 700, comm: 'sshd', kernel: false, cpus: all, cmdline: 'sshd: /usr/sbin/sshd -D' },
    { pid: 701, comm: 'my (odd) name', kernel: false, cpus: all, cmdline: '/opt/odd name' },
    {
      pid: 900,
      comm: 'qemu-kvm',
      kernel: false,
      cpus: all,
      cmdline: '/usr/libexec/qemu-kvm -name guest=vnf',
    },
  ]
  for (const cpu of all.cpus) {
    const own = CpuSet.of([cpu])
    const first = 10 + cpu * 5
    for (const [offset, [name, policy]] of [
      ['ksoftirqd', 0],
      ['ktimers', 1],
      ['rcuc', 1],
      ['migration', 1],
      ['cpuhp', 0],
    ].entries()) {
      made.push({
        pid: first + offset,
        comm: `${name}/${cpu}`,
        kernel: true,
        cpus: own,
        bound: true,
        policy: Number(policy),
        priority: policy === 0 ? 0 : name === 'migration' ? 99 : 1,
      })
    }
  }
  const next = 10 + cpus * 5
  made.push({ pid: next, comm: 'rcu_preempt', kernel: true, cpus: all, policy: 1, priority: 1 })
  made.push({ pid: next + 1, comm: 'rcub/0', kernel: true, cpus: all, policy: 1, priority: 1 })
  made.push({ pid: next + 2, comm: 'kswapd0', kernel: true, cpus: all })
  for (let i = 0; i < userTasks; i++) {
    made.push({
      pid: 100_000 + i,
      comm: `worker-${i}`,
      kernel: false,
      cpus: all,
      cmdline: `/usr/bin/worker --number ${i}`,
    })
  }
  return Object.assign({}, ...made.map((task) => taskFiles(task, mask)))
}

function taskFiles(
  { pid, comm, kernel, cpus, bound, policy = 0, priority = 0, cmdline = '' }: MadeTask,
  mask: string,
) {
  const flags = (kernel ? PF_KTHREAD : 0) + (bound ? PF_NO_SETAFFINITY : 0)
  const ppid = pid <= 2 ? 0 : kernel ? 2 : 1
  const prio = policy === 0 ? 20 : -1 - priority
  const stat = `${pid} (${comm}) S ${ppid} 0 0 0 -1 ${flags} 0 0 0 0 0 0 0 0 ${prio} 0 1 0 ${pid * 10} 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 ${cpus.first} ${priority} ${policy} 0 0 0 0 0 0 0 0 0 0 0\n`
  const own = cpus
    .toMask()
    .replace(/^0+(?=.)/, '')
    .padStart(Math.min(mask.length, 8), '0')
  const status = `Name:\t${comm}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${ppid}\nCpus_allowed:\t${own}\nCpus_allowed_list:\t${cpus}\nMems_allowed_list:\t0\n`
  const line = cmdline === '' ? '' : `${cmdline.split(' ').join('\0')}\0`
  const files: Record<string, string> = { [`/proc/${pid}/cmdline`]: line, [`/proc/${pid}/comm`]: `${comm}\n` }
  for (const dir of [`/proc/${pid}`, `/proc/${pid}/task/${pid}`]) {
    files[`${dir}/stat`] = stat
    files[`${dir}/status`] = status
  }
  return files
}

function etc(): Record<string, string> {
  return {
    '/etc/default/grub':
      'GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n',
    '/boot/grub/grub.cfg': '# made\nlinux /boot/vmlinuz-6.1.0-21-rt-amd64 root=/dev/sda1 ro quiet\n',
    '/etc/systemd/system.conf': '[Manager]\n#CPUAffinity=\n',
    '/etc/default/irqbalance': '#IRQBALANCE_ONESHOT=\n',
    '/lib/systemd/system/irqbalance.service': '[Service]\nExecStart=/usr/sbin/irqbalance --foreground\n',
    '/usr/sbin/irqbalance': '',
    '/etc/modprobe.d/dkms.conf': '# the administrator\n',
    '/etc/sysctl.conf': '#kernel.sysrq=1\n',
  }
}
