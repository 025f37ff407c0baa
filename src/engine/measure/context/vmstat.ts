/** Events of the whole machine that stall whoever meets them (/proc/vmstat). */
export interface MemoryEvents {
  majorFaults: number
  swappedInPages: number
  swappedOutPages: number
}

export function memoryEvents(vmstat: string): MemoryEvents {
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(vmstat)?.[1] ?? 0)
  return {
    majorFaults: value('pgmajfault'),
    swappedInPages: value('pswpin'),
    swappedOutPages: value('pswpout'),
  }
}
