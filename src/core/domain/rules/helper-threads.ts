import { CpuSet } from '../../cpu/cpu-set.ts'
import type { Domain } from '../domain.ts'
import type { LiveGuest } from '../evidence.ts'
import type { RealtimePlan } from '../realtime-vcpus.ts'
import { type Answer, faults } from '../rule.ts'

/**
 * F4 by what runs: QEMU's own threads are on no real-time CPU, and on no isolated one that their pins do not name. One that
 * was moved among the housekeeping CPUs disturbs nobody.
 * @param isolated by the running kernel; undefined where that is not known
 */
export function helperThreads(
  domain: Domain,
  realtime: RealtimePlan,
  live: LiveGuest,
  isolated: CpuSet | undefined,
): Answer {
  const pins = [...domain.iothreadPins.values(), domain.emulatorPin ?? CpuSet.empty]
  // A worker has the CPUs of the loop that began it, the main one or an iothread's (QEMU, util/thread-pool.c).
  const ofAny = CpuSet.of(pins.flatMap(({ cpus }) => cpus))
  const tids = new Map<string, Map<string, number[]>>()
  for (const { tid, iothread, affinity } of live.helpers) {
    const pin = iothread === null ? ofAny : (domain.iothreadPins.get(iothread) ?? CpuSet.empty)
    const what = affinity && faultOf(affinity, realtime.pcpus, pin, isolated ?? CpuSet.empty)
    if (what === undefined) continue
    const who = iothread === null ? 'the emulator' : `iothread ${iothread}`
    const ofWho = tids.get(who) ?? new Map<string, number[]>()
    tids.set(who, ofWho.set(what, [...(ofWho.get(what) ?? []), tid]))
  }
  const found = [...tids].flatMap(([who, ofWho]) =>
    [...ofWho].map(
      ([what, all]) => `${who} (${all.length === 1 ? 'thread' : 'threads'} ${all.join(', ')}) ${what}`,
    ),
  )
  return { ...faults(...found), open: missing(domain, live) }
}

function faultOf(affinity: CpuSet, realtime: CpuSet, pin: CpuSet, isolated: CpuSet): string | undefined {
  const onRealtime = affinity.intersect(realtime)
  if (onRealtime.size > 0) return `may now run on the real-time CPUs ${onRealtime}`
  const astray = affinity.minus(pin).intersect(isolated)
  return astray.size > 0
    ? `may now run on the isolated CPUs ${astray}, which its pin does not name`
    : undefined
}

/** Threads that should be there and were not seen. */
function missing({ iothreads }: Domain, { helpers }: LiveGuest): string | undefined {
  const seen = helpers.filter(({ affinity }) => affinity !== undefined).map(({ iothread }) => iothread)
  const absent = iothreads.minus(CpuSet.of(seen.filter((id) => id !== null)))
  if (absent.size > 0) return `no live thread of iothreads ${absent} was found`
  return seen.includes(null) ? undefined : 'no live thread of the emulator was found'
}
