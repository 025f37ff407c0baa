/** Where runs are kept. */
export const RUNS_FOLDER = '/var/lib/quietcore/runs'

/** What is not yet, or never became, a run. */
export const PARTIAL_PREFIX = '.partial-'

export interface RunName {
  /** folder name: `20261122T204347Z-smoke` */
  name: string
  startedAt: Date
  suite: string
}

/** Sorts by time as text, has no colon (shells, rsync), and is read back by parseRunName. */
export function runName(startedAt: Date, suite: string): string {
  return `${startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')}-${suite}`
}

/** undefined for a folder that no run made. */
export function parseRunName(name: string): RunName | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(.+)$/.exec(name)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7)
  const startedAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(startedAt.getTime()) ? undefined : { name, startedAt, suite: match[7]! }
}
