import { QuietcoreError } from '../core/errors.ts'
import type { ServiceConfig } from '../core/service/service-config.ts'
import type { Board } from './board.ts'
import type { Tuner } from './tuner.ts'

/** Makes the timers what suites and configuration say; null leaves what it says as it is. A machine is tuned and served without them, too. */
export async function followSchedule(
  config: ServiceConfig | null,
  tuner: Tuner,
  board: Board,
): Promise<void> {
  try {
    const { schedule, problems } = await tuner.schedule(config)
    board.problems.set('schedule', ...problems)
    board.update({ schedule })
  } catch (error) {
    if (!(error instanceof QuietcoreError)) throw error
    board.problems.set('schedule', error)
    board.update()
  }
}
