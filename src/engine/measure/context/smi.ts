import type { CpuSet } from '../../../core/cpu/cpu-set.ts'
import { readMsr } from '../../../host/msr.ts'
import type { Root } from '../../../host/ports.ts'

/** MSR_SMI_COUNT, Intel SDM volume 4, table 2-2: bits 31:0 count the SMIs of this processor since reset. */
const MSR_SMI_COUNT = 0x34

/** SMIs since reset for each CPU; null where no CPU's counter can be read (AMD, a guest, no msr module). */
export function smiCounts(root: Root, cpus: CpuSet): Map<number, number> | null {
  const counts = new Map<number, number>()
  for (const cpu of cpus.cpus) {
    const value = readMsr(root, cpu, MSR_SMI_COUNT)
    if (value !== undefined) counts.set(cpu, Number(value & 0xffff_ffffn))
  }
  return counts.size > 0 ? counts : null
}
