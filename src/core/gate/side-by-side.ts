import { formatDuration } from '../suite/time.ts'
import { formatUs } from '../verdict/format.ts'
import { type RunEvidence, type Spike, timedEvents, worstOf } from './run-evidence.ts'

/**
 * yes: the host had an event at the guest's time. possible: the host shows something large enough within the same
 * minutes. no: the host measured all the while and shows nothing of that size. unknown: it cannot be told.
 */
export type Visible = 'yes' | 'possible' | 'no' | 'unknown'

/** How far the guest's clock is ahead of the host's, and the half round trip within which that is known. */
export interface ClockOffset {
  aheadMs: number
  withinMs: number
}

/** A guest's run and the host's run of the same minutes. */
export interface SideBySide {
  guest: string
  guestRun: string
  /** null when the host was not measured */
  hostRun: string | null
  /** how long both measured at once, s; null when that is not known */
  togetherS: number | null
  clock: ClockOffset | null
  /** its time by the host's clock */
  guestWorst: Spike | null
  hostWorst: Spike | null
  /** what the host counted while it measured: SMIs, steal, events */
  hostCounted: readonly string[]
  /** time that the guest was kept from its CPUs, by its own count */
  guestSteal: readonly string[]
  visible: Visible
  /** the answer as a sentence */
  says: string
}

export interface SideBySideQuestion {
  guest: string
  run: RunEvidence
  clock: ClockOffset | null
  host: RunEvidence | null
  /** why the host was not measured */
  hostMissing: string
}

/** Two records of one moment differ by the sampling window of hwlatdetect (1 s) at most. */
const SAME_MOMENT_MS = 1000
/** A host that measured less than this part of the guest's run may have missed its spike. */
const MOST_OF_IT = 0.9

/** Was the guest's largest latency visible on the host? */
export function sideBySide({ guest, run, clock, host, hostMissing }: SideBySideQuestion): SideBySide {
  const found = worstOf(run) ?? null
  const guestWorst = found && onHostClock(found, clock)
  const sides = {
    guest,
    guestRun: run.id,
    hostRun: host?.id ?? null,
    togetherS: host ? overlapS(run, host, clock) : null,
    clock,
    guestWorst,
    hostWorst: (host && worstOf(host)) ?? null,
    hostCounted: host ? counted(host, ['smi', 'steal', 'throttled']) : [],
    guestSteal: counted(run, ['steal']),
  }
  return { ...sides, ...answer(sides, run, host, hostMissing) }
}

type Sides = Omit<SideBySide, 'visible' | 'says'>

function answer(
  sides: Sides,
  run: RunEvidence,
  host: RunEvidence | null,
  hostMissing: string,
): Pick<SideBySide, 'visible' | 'says'> {
  const { guestWorst, togetherS, hostCounted, guestSteal, hostWorst } = sides
  const stolen = guestSteal.length > 0 ? ` The guest was kept from its CPUs: ${guestSteal.join(', ')}.` : ''
  const say = (visible: Visible, says: string) => ({ visible, says: says + stolen })
  if (!guestWorst) return say('unknown', 'The guest’s run has no largest latency.')
  if (!host) return say('unknown', `The host was not measured meanwhile: ${hostMissing}.`)
  if (togetherS === null) return say('unknown', 'When the guest measured by the host’s clock is not known.')
  if (togetherS <= 0) return say('unknown', 'Host and guest did not measure at the same time.')
  const spike = `${formatUs(guestWorst.us)} on vCPU ${guestWorst.cpu ?? '?'}`
  const match = sameMoment(guestWorst, host, sides.clock)
  if (match) {
    return say(
      'yes',
      `At the time of the guest’s ${spike} the host had ${formatUs(match.us)} (${match.tool}).`,
    )
  }
  const needUs = guestWorst.us - usual(run, guestWorst)
  if (guestWorst.at === null && hostWorst && hostWorst.us >= needUs) {
    return say(
      'possible',
      `The host had ${formatUs(hostWorst.us)} (${hostWorst.tool}) in the same minutes, enough for the guest’s ${spike}.`,
    )
  }
  if (hostCounted.length > 0) {
    return say(
      'possible',
      `The host counted ${hostCounted.join(', ')} in the minutes of the guest’s ${spike}.`,
    )
  }
  if (guestSteal.length > 0) return say('possible', `The host ran something else in place of the guest.`)
  if (togetherS < MOST_OF_IT * (run.durationS ?? 0)) {
    return say(
      'unknown',
      `The host measured ${formatDuration(togetherS)} of the guest’s ${lasted(run)} only.`,
    )
  }
  return say('no', `Nothing on the host was as large as the guest’s ${spike}: look inside the guest.`)
}

function lasted({ durationS }: RunEvidence): string {
  return durationS === null ? 'run' : formatDuration(durationS)
}

/** A stall of the host adds to what a wake-up of this guest takes anyway. */
function usual({ measurements }: RunEvidence, { tool, cpu }: Spike): number {
  const one = measurements.find((measurement) => measurement.tool === tool)
  return one?.cpus.find((thread) => thread.cpu === cpu)?.meanUs ?? 0
}

function sameMoment(spike: Spike, host: RunEvidence, clock: ClockOffset | null): Spike | undefined {
  if (spike.at === null) return undefined
  const slackMs = SAME_MOMENT_MS + (clock?.withinMs ?? 0)
  return timedEvents(host).find(({ at }) => Math.abs(Date.parse(at!) - Date.parse(spike.at!)) <= slackMs)
}

function onHostClock(spike: Spike, clock: ClockOffset | null): Spike {
  if (spike.at === null || clock === null) return { ...spike, at: null }
  return { ...spike, at: new Date(Date.parse(spike.at) - clock.aheadMs).toISOString() }
}

function overlapS(guest: RunEvidence, host: RunEvidence, clock: ClockOffset | null): number | null {
  const [g, h] = [spanOf(guest), spanOf(host)]
  if (!g || !h || !clock) return null
  const together = Math.min(g.end - clock.aheadMs, h.end) - Math.max(g.start - clock.aheadMs, h.start)
  return Math.max(0, Math.round(together) / 1000)
}

function spanOf({ startedAt, durationS }: RunEvidence): { start: number; end: number } | undefined {
  if (startedAt === null || durationS === null) return undefined
  const start = Date.parse(startedAt)
  return { start, end: start + durationS * 1000 }
}

function counted({ context }: RunEvidence, names: readonly string[]): string[] {
  return (context?.changes ?? [])
    .filter(({ name }) => names.includes(name))
    .map(({ name, where, note }) => [name, where, note].filter(Boolean).join(' '))
}
