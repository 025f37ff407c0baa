import type { State } from '../plan/setting.ts'
import { contextFamilies, type ExposedContext } from './context-families.ts'
import { family, oneOf, type Sample, timestampS } from './exposition.ts'
import { runFamilies } from './run-families.ts'

/** What the service knows of itself, as its metrics need it. */
export interface ExposedService {
  version: string
  phase: string
  profile: string | null
  /** ISO 8601 */
  since: string | null
  verified: { at: string; state: string; counts: Readonly<Record<State, number>> } | null
  problems: readonly { code: string; since: string }[]
  schedule: readonly { suite: string; onCalendar: string }[]
  reloads: number
}

/** Slots of a suite's schedule in which nothing was measured. */
export interface MissedRuns {
  suite: string
  outcome: 'skipped' | 'failed'
  count: number
  /** the newest, ISO 8601 */
  at: string
}

const PHASES = ['starting', 'recovering', 'applying', 'verifying', 'serving', 'stopping'] as const
const TUNINGS = ['ok', 'differs', 'pending-reboot', 'unknown'] as const

/**
 * All metrics of the service in the Prometheus text format 0.0.4, for node_exporter's textfile collector and
 * `GET /metrics` (docs/metrics.md). `runs`: the last one of each suite. No sample depends on the time of asking, so the
 * text changes only when something has changed.
 */
export function serviceMetrics(
  service: ExposedService,
  runs: readonly ExposedContext[],
  missed: readonly MissedRuns[] = [],
): string {
  const { version, phase, reloads } = service
  return [
    ...family('quietcore_build_info', 'The service that runs, by its version.', [[{ version }, 1]]),
    ...family('quietcore_service_phase', 'What the service is doing.', oneOf({}, 'phase', PHASES, phase)),
    ...family(
      'quietcore_reloads_total',
      'Configurations taken over since the start.',
      [[{}, reloads]],
      'counter',
    ),
    ...profileFamilies(service),
    ...verifiedFamilies(service),
    ...problemFamilies(service),
    ...scheduleFamilies(service, missed),
    ...runFamilies(runs),
    ...contextFamilies(runs),
    '',
  ].join('\n')
}

function profileFamilies({ profile, since }: ExposedService): string[] {
  return [
    ...family('quietcore_profile_applied', 'Whether a profile is in force.', [
      [{}, profile === null ? 0 : 1],
    ]),
    ...family('quietcore_profile_info', 'The profile in force.', profile === null ? [] : [[{ profile }, 1]]),
    ...family('quietcore_profile_applied_timestamp_seconds', 'When the profile was applied.', [
      [{}, timestampS(since)],
    ]),
  ]
}

function verifiedFamilies({ verified, profile }: ExposedService): string[] {
  if (verified === null) return profile === null ? [] : stateFamily('unknown')
  const { at, state, counts } = verified
  return [
    ...family('quietcore_verify_timestamp_seconds', 'When the settings were verified last.', [
      [{}, timestampS(at)],
    ]),
    ...stateFamily(state),
    ...family(
      'quietcore_settings',
      'Settings of the profile by the state that the last verify found.',
      Object.entries(counts).map(([name, count]): Sample => [{ state: name }, count]),
    ),
    ...family('quietcore_reboot_pending', 'Whether settings wait for a reboot.', [
      [{}, counts['pending-reboot'] > 0 ? 1 : 0],
    ]),
  ]
}

function stateFamily(state: string): string[] {
  return family('quietcore_verify_state', 'What the last verify found.', oneOf({}, 'state', TUNINGS, state))
}

function problemFamilies({ problems }: ExposedService): string[] {
  // Several problems of one code (two bad suites) are one series: the oldest says since when.
  const oldest = new Map<string, string>()
  for (const { code, since } of problems) {
    const known = oldest.get(code)
    if (known === undefined || since < known) oldest.set(code, since)
  }
  return [
    ...family('quietcore_problems', 'What the service could not do or refused.', [[{}, problems.length]]),
    ...family(
      'quietcore_problem_since_timestamp_seconds',
      'Since when a problem is there, by its code.',
      [...oldest].map(([code, since]): Sample => [{ code }, timestampS(since)]),
    ),
  ]
}

function scheduleFamilies({ schedule }: ExposedService, missed: readonly MissedRuns[]): string[] {
  return [
    ...family(
      'quietcore_suite_scheduled',
      'Suites that run by themselves.',
      schedule.map(({ suite, onCalendar }): Sample => [{ suite, on_calendar: onCalendar }, 1]),
    ),
    ...family(
      'quietcore_suite_missed_runs',
      'Scheduled runs in which nothing was measured, as far as they are kept.',
      missed.map(({ suite, outcome, count }): Sample => [{ suite, outcome }, count]),
    ),
    ...family(
      'quietcore_suite_missed_timestamp_seconds',
      'When a scheduled run was missed last.',
      missed.map(({ suite, outcome, at }): Sample => [{ suite, outcome }, timestampS(at)]),
    ),
  ]
}
