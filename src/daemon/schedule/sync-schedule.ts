import type { ServiceConfig } from '../../core/service/service-config.ts'
import type { Ports } from '../../host/ports.ts'
import { readSuites } from './read-suites.ts'
import { type SyncedTimers, syncTimers } from './sync-timers.ts'

/**
 * The whole of it: reads the administrator's suites, and makes their timers what they say. `config` is null when it was
 * refused: its timer stays.
 */
export async function syncSchedule(config: ServiceConfig | null, ports: Ports): Promise<SyncedTimers> {
  const { suites, unreadable, problems } = readSuites(ports)
  const synced = await syncTimers(config, suites, ports, unreadable)
  return { schedule: synced.schedule, problems: [...problems, ...synced.problems] }
}
