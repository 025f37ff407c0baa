/**
 * Everything of a machine that tuning may touch, as names and values, read with coreutils, procps and util-linux.
 * The name's first word is its kind: `sysctl`, `sysfs`, `irq`, `task`, `file`, `cmdline`, `other`.
 */
import type { Vm } from '../driver/vm.ts'
import { files, scheduling, type Thread, threads } from '../machine-state.ts'
import { isCounter } from './counters.ts'

export type Snapshot = Readonly<Record<string, string>>

/** Some seconds each on an idle machine. */
const SLOW = { timeoutMs: 600_000 }

/** Every readable file of /proc/sys, and of sysfs what the profiles, their scripts or a driver's defaults can set. */
const VALUES = `
  grep -rsZ '' /proc/sys || true
  grep -rsZ '' /sys/devices/system /sys/devices/virtual/workqueue /sys/kernel/mm || true
  for module in /sys/module/*/parameters; do echo "$module"; done | xargs grep -rsZ '' || true
  find /sys/devices '(' -path '*/block/*/queue/*' -o -path '*/net/*/queues/*' -o -path '*/net/*/napi_*' \
    -o -path '*/net/*/gro_*' -o -path '*/net/*/tx_queue_len' -o -path '*/net/*/mtu' -o -path '*/pci*/power/control' ')' \
    -type f -readable -exec grep -sZ '' /dev/null {} + || true
  find /sys/kernel /sys/kernel/debug/sched -maxdepth 1 -type f -readable -exec grep -sZ '' /dev/null {} + || true
`

const OTHER = `
  echo "cpu-dma-latency-us $(od -An -tu4 -N4 /dev/cpu_dma_latency | tr -d ' ')"
  pid=$(pidof irqbalance) && echo "irqbalance-told $(tr '\\0' '\\n' <"/proc/$pid/environ" | grep '^IRQBALANCE_' | sort | paste -sd ' ')"
  for unit in irqbalance ksm ksmtuned tuned; do echo "unit-$unit $(systemctl is-enabled $unit.service 2>/dev/null) $(systemctl is-active $unit.service)"; done
  for link in /sys/class/net/*/device; do
    name=\${link%/device}; name=\${name##*/}
    echo "channels-$name $(ethtool -l "$name" 2>&1 | tr -s '\\n\\t ' '   ')"
    echo "features-$name $(ethtool -k "$name" 2>&1 | tr -s '\\n\\t ' '   ')"
    echo "coalesce-$name $(ethtool -c "$name" 2>&1 | tr -s '\\n\\t ' '   ')"
  done
`

const IRQS = `
  for irq in /proc/irq/[0-9]*; do
    name=$(find "$irq" -mindepth 1 -maxdepth 1 -type d -printf '%f,')
    echo "\${name:-\${irq##*/},} $(cat "$irq/smp_affinity_list") effective $(cat "$irq/effective_affinity_list" 2>/dev/null)"
  done
`

export async function snapshot(vm: Vm): Promise<Snapshot> {
  const all = [
    ...(await values(vm)),
    ...named('other', await vm.shell(OTHER, SLOW)),
    ...named('irq', await vm.shell(IRQS, SLOW)).map(([name, value]) => [name, freeOfChoice(value)] as const),
    [
      'irq default_smp_affinity',
      (await vm.output(['cat', '/proc/irq/default_smp_affinity'])).trim(),
    ] as const,
    ...tasks(await threads(vm)),
    ...named('file', (await files(vm)).map(fileLine).join('\n')),
    ['cmdline', (await vm.output(['cat', '/proc/cmdline'])).trim()] as const,
  ]
  const joined = new Map<string, string[]>()
  for (const [name, value] of all) joined.set(name, [...(joined.get(name) ?? []), value])
  const sorted = [...joined].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([name, lines]) => [name, lines.join('\n')]))
}

type Entry = readonly [name: string, value: string]

async function values(vm: Vm): Promise<Entry[]> {
  const text = await vm.shell(VALUES, SLOW)
  return text.split('\n').flatMap((line): Entry[] => {
    const [path = '', value] = line.split('\0')
    if (value === undefined || isCounter(path)) return []
    return [[path.startsWith('/proc/sys/') ? `sysctl ${path.slice(10)}` : `sysfs ${path}`, value]]
  })
}

/** `kind FIRST-WORD` and the rest of each line; several lines of one name become one value. */
function named(kind: string, text: string): Entry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort()
    .map((line) => {
      const [first = '', ...rest] = line.trim().split(' ')
      return [`${kind} ${first}`, rest.join(' ').trim()]
    })
}

/** `sha  path` and `path type mode owner link` both as `path rest`. */
function fileLine(line: string): string {
  const [sum = '', path] = line.split('  ')
  return /^[0-9a-f]{64}$/.test(sum) && path !== undefined ? `/${path} ${sum}` : `/${line}`
}

/** irqbalance picks one of the CPUs that it may use anew every ten seconds: any of 0 and 1 is the same answer. */
function freeOfChoice(value: string): string {
  return value.replaceAll(/(?<=^|effective )(0|1|0-1|0,1)(?= |$)/gm, 'housekeeping')
}

/** How the threads of one name are scheduled. */
function tasks(all: readonly Thread[]): Entry[] {
  const found = new Map<string, Set<string>>()
  for (const thread of all) {
    // drivers come up side by side, so that an interrupt has another number at another boot
    const unnumbered = thread.comm.replace(/^irq\/\d+-/, 'irq/')
    const name = `task ${thread.kernel ? `[${unnumbered}]` : thread.comm}`
    found.set(name, (found.get(name) ?? new Set()).add(scheduling(thread)))
  }
  return [...found].map(([name, whats]) => [name, [...whats].sort().join('; ')])
}
