import type { ServiceConfig } from '../core/service/service-config.ts'
import { lastVerdicts } from '../engine/runs/last-verdicts.ts'
import { retainRuns } from '../engine/runs/retain-runs.ts'
import type { Ports } from '../host/ports.ts'
import type { Board } from './board.ts'

/** Lets old runs go by what is known of the configuration, and shows the newest. It is called by timers too, so what goes wrong is a problem and not thrown. */
export function keepHistory(config: ServiceConfig | null, ports: Ports, board: Board): void {
  const failed = [() => retainRuns(config, ports), () => showLast(ports, board)].flatMap(errorOf)
  board.problems.set('history', ...failed.slice(0, 1))
  board.update()
}

function showLast({ root }: Ports, board: Board): void {
  board.update({ lastVerdicts: lastVerdicts(root) })
}

function errorOf(work: () => void): unknown[] {
  try {
    work()
    return []
  } catch (error) {
    return [error]
  }
}
