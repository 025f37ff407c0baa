import { CpuSet } from '../cpu/cpu-set.ts'
import type { CpuMeasurement, Finding } from '../latency/measurement.ts'

/** Several CPUs that overflowed in the same cycle: one cause outside them. */
export interface MachineWideEvent {
  /** first of the (at most two) cycles, 0-based */
  cycle: number
  cpus: CpuSet
}

/**
 * Finds the cycles in which two or more CPUs overflowed their histograms, one cycle apart at most (threads start a
 * little after one another). The threads must run with the same period and distance 0, as cyclictest -h does; the log of
 * overflowed cycles holds only as many entries as the histogram has rows, so later events may be missing.
 */
export function machineWideEvents(cpus: readonly CpuMeasurement[]): MachineWideEvent[] {
  const spikes = cpus
    .flatMap((one) =>
      one.cpu === null
        ? []
        : (one.histogram?.overflowCycles ?? []).map((cycle) => ({ cycle, cpu: one.cpu! })),
    )
    .sort((a, b) => a.cycle - b.cycle)
  const events: MachineWideEvent[] = []
  for (let start = 0; start < spikes.length; ) {
    const { cycle } = spikes[start]!
    let end = start
    while (end < spikes.length && spikes[end]!.cycle <= cycle + 1) end++
    const together = CpuSet.of(spikes.slice(start, end).map((spike) => spike.cpu))
    // a CPU that overflows twice in a row is no machine-wide event; its second cycle may yet begin one
    if (together.size > 1) {
      events.push({ cycle, cpus: together })
      start = end
    } else {
      start++
    }
  }
  return events
}

/** The machine-wide events as one sentence; undefined when there are none. */
export function simultaneousFinding(
  cpus: readonly CpuMeasurement[],
  intervalUs: number | null,
): Finding | undefined {
  const events = machineWideEvents(cpus)
  const largest = events.reduce<MachineWideEvent | undefined>(
    (a, b) => (a && a.cpus.size >= b.cpus.size ? a : b),
    undefined,
  )
  if (!largest) return undefined
  const at =
    intervalUs === null ? '' : `, ${Number(((largest.cycle * intervalUs) / 1e6).toFixed(3))} s into the run`
  const times = events.length === 1 ? 'once' : `${events.length} times`
  return {
    code: 'simultaneous-spikes',
    trust: true,
    message: `several CPUs were late in the same cycle ${times} (CPU ${largest.cpus} in cycle ${largest.cycle}${at}): one cause outside them, such as an SMI, the hypervisor, or a stop of the whole machine`,
  }
}
