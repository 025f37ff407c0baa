import type { CpuSet } from '../../../core/cpu/cpu-set.ts'
import type { Root } from '../../../host/ports.ts'

/** How often each CPU or its package was slowed because it was too hot; null where the machine does not count it. */
export function throttleCounts(root: Root, cpus: CpuSet): Map<number, number> | null {
  const counts = new Map<number, number>()
  for (const cpu of cpus.cpus) {
    const folder = `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`
    const core = root.readTextIfThere(`${folder}/core_throttle_count`)
    const whole = root.readTextIfThere(`${folder}/package_throttle_count`)
    if (core !== undefined || whole !== undefined) counts.set(cpu, Number(core ?? 0) + Number(whole ?? 0))
  }
  return counts.size > 0 ? counts : null
}
