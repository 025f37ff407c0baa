import type { Place } from '../errors.ts'

export const SERVICE_CONFIG = '/etc/quietcore/quietcore.conf'

/** What the service does with a setting that somebody else changed. */
export const DRIFT = ['report', 'mend'] as const
export type Drift = (typeof DRIFT)[number]

/** `/etc/quietcore/quietcore.conf`: how the service works. Every option has a default; the file may be missing. */
export interface ServiceConfig {
  /** the profile to keep in force; undefined: the one that was applied last */
  profile?: { name: string; place: Place }
  drift: Drift
  /** systemd.time(7) OnCalendar= of the verify that finds drift; undefined: never by itself */
  verifyOnCalendar?: { expression: string; place: Place }
  /** of each suite the newest runs that stay whatever their age */
  keepRuns: number
  /** older runs than this go, days */
  keepDays: number
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

export const DEFAULT_SERVICE_CONFIG: ServiceConfig = {
  drift: 'report',
  verifyOnCalendar: { expression: 'hourly', place: { file: SERVICE_CONFIG } },
  keepRuns: 30,
  keepDays: 365,
  logLevel: 'info',
}
