import { InputError } from '../errors.ts'
import { type Release, SINCE } from './release.ts'

export interface WantedSpec {
  key: string
  value: string
  why: string
}

/** What flavors are held against where nothing else is said. */
export const USUAL_PROFILE = 'realtime-virtual-guest'

export function hasFlavor(profile: string): boolean {
  return REALTIME.has(profile) || profile === 'cpu-partitioning'
}

/** What guests tuned with a profile need of their flavor. */
export function wantedSpecs(profile: string, release: Release): WantedSpec[] {
  const realtime = REALTIME.has(profile)
  if (!hasFlavor(profile)) {
    throw new InputError({
      code: 'no-flavor-for-profile',
      message: `there is no flavor that goes with the profile '${profile}'`,
      next: `Name one of ${[...REALTIME, 'cpu-partitioning'].join(', ')}, and change single keys with --set.`,
    })
  }
  return [...PINNED, ...(realtime ? REAL_TIME : []), ...PAGES, ...quiet(realtime, release)]
}

const REALTIME: ReadonlySet<string> = new Set(['realtime-virtual-host', 'realtime-virtual-guest', 'realtime'])

const PINNED: readonly WantedSpec[] = [
  { key: 'hw:cpu_policy', value: 'dedicated', why: 'each vCPU has a host CPU of its own' },
]

const REAL_TIME: readonly WantedSpec[] = [
  { key: 'hw:cpu_realtime', value: 'yes', why: 'the vCPUs are scheduled in real time (SCHED_FIFO)' },
  {
    key: 'hw:cpu_realtime_mask',
    value: '^0-1',
    why: "vCPUs 0 and 1 are left to the guest's own housekeeping; the others are real-time",
  },
]

const PAGES: readonly WantedSpec[] = [
  { key: 'hw:mem_page_size', value: '1GB', why: 'no page faults and few address translation misses' },
]

/** Beyond the usual line of four keys; each has its reason. */
function quiet(realtime: boolean, release: Release): WantedSpec[] {
  const found: WantedSpec[] = []
  if (release.major >= SINCE.emulatorThreadsShare) {
    found.push({
      key: 'hw:emulator_threads_policy',
      value: 'share',
      why: "QEMU's own threads run on the hosts' cpu_shared_set; else they preempt vCPUs 0 and 1, and a real-time vCPU that spins on a lock held there hangs",
    })
  }
  if (realtime && release.major >= SINCE.dedicatedSet) {
    found.push({
      key: 'hw:pmu',
      value: 'false',
      why: 'virtual performance counters cost exits and non-maskable interrupts in the guest',
    })
  }
  if (realtime && release.major >= SINCE.lockedMemory) {
    found.push({
      key: 'hw:locked_memory',
      value: 'true',
      why: 'nova locks the memory of real-time guests anyhow; written down, it also holds if hw:cpu_realtime is taken away',
    })
  }
  return found
}
