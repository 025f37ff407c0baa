import { InputError, type Place } from '../errors.ts'

const SECONDS: Record<string, number> = { s: 1, sec: 1, min: 60, m: 60, h: 3600, d: 86400 }
const MICROSECONDS: Record<string, number> = { ns: 0.001, us: 1, µs: 1, μs: 1, ms: 1000, s: 1_000_000 }

/** `12h`, `10min`, `90s` to seconds. @throws InputError `bad-duration` (a bare number too: it must say its unit). */
export function parseDurationS(text: string, place?: Place): number {
  const seconds = quantity(text, SECONDS)
  if (seconds !== undefined && seconds > 0) return seconds
  throw new InputError({
    code: 'bad-duration',
    message: `'${text}' is not a duration above zero`,
    ...(place && { place }),
    next: "Write a number and its unit: '60s', '10min', '12h', '1d'.",
  })
}

/** `200us`, `1ms`, `500ns` to us. @throws InputError `bad-time` (a bare number too: it must say its unit). */
export function parseTimeUs(text: string, place?: Place): number {
  const us = quantity(text, MICROSECONDS)
  if (us !== undefined) return us
  throw new InputError({
    code: 'bad-time',
    message: `'${text}' is not a time`,
    ...(place && { place }),
    next: "Write a number and its unit: '20us', '500ns', '1ms'.",
  })
}

/** `43200` to `12 h`, `5400` to `1.5 h`: for sentences. */
export function formatDuration(seconds: number): string {
  if (seconds >= 3600) return `${trimmed(seconds / 3600)} h`
  if (seconds >= 60) return `${trimmed(seconds / 60)} min`
  return `${trimmed(seconds)} s`
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(2)))
}

function quantity(text: string, units: Record<string, number>): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)\s*([a-zµμ]{1,3})$/.exec(text.trim())
  const unit = match && Object.hasOwn(units, match[2]!) ? units[match[2]!] : undefined
  // division keeps 500ns exact (500 * 0.001 is not 0.5 for every number)
  return unit === undefined ? undefined : unit < 1 ? Number(match![1]) / (1 / unit) : Number(match![1]) * unit
}
