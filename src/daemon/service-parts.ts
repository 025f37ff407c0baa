import type { ServiceConfig } from '../core/service/service-config.ts'
import type { LogLevel, Ports } from '../host/ports.ts'
import type { Board } from './board.ts'
import type { ParkedWork } from './parked-work.ts'
import type { Told } from './told.ts'
import type { Tuner } from './tuner.ts'
import type { WorkQueue } from './work-queue.ts'

/** What the duties of the service share. */
export interface ServiceParts {
  ports: Ports
  board: Board
  queue: WorkQueue
  parked: ParkedWork
  tuner: Tuner
  told: Told
  /** aborted once the service is to end: no further step is begun */
  stop: AbortSignal
  /** reads quietcore.conf. @throws InputError, MachineError */
  readConfig(): ServiceConfig
  setLogLevel(least: LogLevel): void
  /** brings what depends on the configuration (timers, history) up to it, or leaves them with null; what goes wrong is a problem */
  configured(config: ServiceConfig | null): Promise<void>
  /** the manager may wait this much longer for READY=1, or for the end */
  extendStart(ms: number): void
  /** RELOADING=1 */
  reloading(): void
}
