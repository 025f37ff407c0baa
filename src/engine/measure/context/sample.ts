import type { CpuSet } from '../../../core/cpu/cpu-set.ts'
import type { Root } from '../../../host/ports.ts'
import { smiCounts } from './smi.ts'
import { throttleCounts } from './throttle.ts'

/** Counters of the machine at one moment, raw: they are only compared, before a run with after it. */
export interface Sample {
  interrupts: string
  softirqs: string
  stat: string
  vmstat: string
  smi: ReadonlyMap<number, number> | null
  throttle: ReadonlyMap<number, number> | null
  online: string
  clocksource: string | null
  loadavg: string
}

/** Reads the counters; on a machine of 512 CPUs about 2 MB of text, so never while a tool measures. */
export function takeSample(root: Root, cpus: CpuSet): Sample {
  const read = (path: string) => root.readTextIfThere(path)?.trimEnd() ?? ''
  return {
    interrupts: read('/proc/interrupts'),
    softirqs: read('/proc/softirqs'),
    stat: read('/proc/stat'),
    vmstat: read('/proc/vmstat'),
    smi: smiCounts(root, cpus),
    throttle: throttleCounts(root, cpus),
    online: read('/sys/devices/system/cpu/online'),
    clocksource: read('/sys/devices/system/clocksource/clocksource0/current_clocksource') || null,
    loadavg: read('/proc/loadavg'),
  }
}
