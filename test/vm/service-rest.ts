/** The service that has nothing to do: when it is so far, what wakes it then, and its memory. */
import { pause } from './driver/qemu.ts'
import type { Vm } from './driver/vm.ts'
import { udevAtRest } from './driver/wait-for.ts'
import { property, until } from './service-in.ts'

/** Work that the start leaves behind (garbage collection, history) begins by then. */
const SETTLE_S = 60
/** In half a minute, all of its processes; a wake-up in an emulated machine takes about 0.1 s. */
const REST_CPU_US = 300_000
const USAGE = "sed -n 's/^usage_usec //p' /sys/fs/cgroup/system.slice/quietcore.service/cpu.stat"

/** Waits until udev, which wakes it, has nothing to do, and it uses hardly any CPU itself. @param settleS seconds before that */
export async function serviceAtRest(vm: Vm, settleS = SETTLE_S): Promise<void> {
  await until(vm, '[ "$(systemctl is-active quietcore)" = active ]', 900)
  await udevAtRest(vm)
  await pause(settleS * 1000)
  await until(vm, `a=$(${USAGE}); sleep 30; b=$(${USAGE}); [ $((b - a)) -lt ${REST_CPU_US} ]`, 900)
}

const TRACE = '/sys/kernel/tracing/instances/quiet'
/**
 * A tracer of its own writes down each time that a thread of the service is woken, by whom, and each time that one runs
 * on CPUs 2-3. Whatever one of its threads wakes in another one follows from an earlier wake-up from outside.
 */
const BEGIN = `
pid=$(systemctl show -p MainPID --value quietcore)
any() { for task in /proc/$pid/task/*; do printf ' || %s == %s' "$1" "\${task##*/}"; done | cut -c5-; }
trace=${TRACE}
if [ -d $trace ]; then echo 0 >$trace/events/enable; rmdir $trace; fi
mkdir $trace
any pid >$trace/events/sched/sched_waking/filter
any next_pid >$trace/events/sched/sched_switch/filter
echo 1 >$trace/events/sched/sched_waking/enable
echo 1 >$trace/events/sched/sched_switch/enable
ls /proc/$pid/task
`
const END = `
cat ${TRACE}/trace
echo 0 >${TRACE}/events/enable
rmdir ${TRACE}
`

/** What the tracer saw of the service for a while. */
export interface Watched {
  /** wake-ups of its threads */
  wakings: string[]
  /** those by others than its own threads */
  fromOutside: string[]
  /** times that CPUs 2-3 went over to one of its threads */
  onIsolated: string[]
}

export async function watched(vm: Vm, seconds: number): Promise<Watched> {
  const tids = (await vm.shell(BEGIN)).trim().split('\n')
  await pause(seconds * 1000)
  return seen(await vm.shell(END), tids)
}

/** `COMM-TID [CPU] FLAGS TIME: EVENT: …` of each line of a trace. */
function seen(trace: string, tids: readonly string[]): Watched {
  const lines = trace.split('\n')
  const wakings = lines.filter((line) => line.includes(': sched_waking: '))
  return {
    wakings,
    fromOutside: wakings.filter((line) => !tids.includes(/-(\d+)\s+\[/.exec(line)?.[1] ?? '')),
    onIsolated: lines.filter((line) => / \[00[23]\] .*: sched_switch: /.test(line)),
  }
}

/**
 * Its resident memory in bytes: the median of ten looks in a minute. smaps_rollup counts the pages; VmRSS is a sum that
 * the kernel brings up to date now and then.
 */
export async function residentBytes(vm: Vm): Promise<number> {
  const pid = await property(vm, 'quietcore.service', 'MainPID')
  const looks: number[] = []
  while (looks.length < 10) {
    await pause(6000)
    const kib = /^Rss:\s+(\d+) kB$/m.exec(await vm.output(['cat', `/proc/${pid}/smaps_rollup`]))?.[1]
    looks.push(Number(kib) * 1024)
  }
  looks.sort((a, b) => a - b)
  return (looks[4]! + looks[5]!) / 2
}
