import type { FindingList } from './findings.ts'

/** Threads start one after another, and the first to reach the end stops all: this much may be missing. */
const STAGGER_S = 0.1
const STAGGER_PART = 0.005

export interface PeriodicThread {
  name: string
  samples: number | null
  maxUs: number | null
  intervalUs: number | null
}

/**
 * Coordinated omission (Gil Tene, "How NOT to measure latency", 2013): cyclictest skips the periods that a long latency
 * swallowed (`while (now > next) next += interval`), so the tail is measured too seldom exactly where it is worst.
 * Also a run that has fewer samples than its duration asks for.
 */
export function checkPeriods(
  threads: readonly PeriodicThread[],
  wantedDurationS: number | null,
  findings: FindingList,
): void {
  for (const { name, samples, maxUs, intervalUs } of threads) {
    if (samples === null || samples === 0 || intervalUs === null || intervalUs === 0) continue
    const wanted = wantedDurationS === null ? null : Math.floor((wantedDurationS * 1e6) / intervalUs)
    const of = wanted === null ? `${samples} samples` : `${samples} of ${wanted} samples`
    if (maxUs !== null && maxUs >= intervalUs) {
      const skipped = Math.max(Math.floor(maxUs / intervalUs), wanted === null ? 0 : wanted - samples)
      findings.doubt(
        'missed-periods',
        `${name}: a latency of ${maxUs} us swallows whole periods of ${intervalUs} us; at least ${skipped} were not measured (${of}), so the tail is understated (coordinated omission)`,
      )
    } else if (wanted !== null && wantedDurationS !== null) {
      const missingS = ((wanted - samples) * intervalUs) / 1e6
      if (missingS > STAGGER_S + STAGGER_PART * wantedDurationS) {
        findings.doubt(
          'too-few-samples',
          `${name}: ${of} that the duration and interval ask for: the run ended early or lost periods`,
        )
      }
    }
  }
}

/** Threads of one run have about as many samples for the same interval; less than half is no run of that thread. */
export function checkEvenness(threads: readonly PeriodicThread[], findings: FindingList): void {
  const work = threads.map(({ samples, intervalUs }) =>
    samples === null ? null : samples * (intervalUs ?? 1),
  )
  const most = work.reduce<number>((a, b) => Math.max(a, b ?? 0), 0)
  threads.forEach(({ name, samples, intervalUs }, index) => {
    const own = work[index] ?? null
    if (own === null || samples === 0 || own >= 0.95 * most || (most - own) / (intervalUs ?? 1) < 100) return
    const message = `${name}: ${samples} samples, while another thread ran ${(most / own).toFixed(1)} times as long`
    if (own < 0.5 * most) findings.doubt('uneven-samples', message)
    else findings.note('uneven-samples', message)
  })
}
