import { expect, it } from 'vitest'
import { MachineError } from '../../../src/core/errors.ts'
import { DEFAULT_SERVICE_CONFIG } from '../../../src/core/service/service-config.ts'
import { followSchedule } from '../../../src/daemon/follow-schedule.ts'
import { machineDir } from '../../support/machine-dir.ts'
import { madeParts } from '../../support/made-parts.ts'

it('a schedule whose process was killed is a problem until one is brought about, and nothing is thrown', async () => {
  const suite = { suite: 'night', onCalendar: 'daily', randomizedDelay: null, onlyWhenIdle: true }
  const answers = [
    () => ({ schedule: [suite], problems: [] }),
    () => {
      throw new MachineError({ code: 'work-ended-early', message: 'the process ended with SIGKILL' })
    },
    () => ({ schedule: [], problems: [] }),
  ]
  const { board, tuner } = madeParts(machineDir().ports, { schedule: async () => answers.shift()!() })
  const follow = async () => {
    await followSchedule(DEFAULT_SERVICE_CONFIG, tuner, board)
    const { schedule, problems } = board.snapshot()
    return [schedule.map(({ suite }) => suite), problems.map(({ code }) => code)]
  }
  expect(await follow()).toEqual([['night'], []])
  expect(await follow()).toEqual([['night'], ['work-ended-early']])
  expect(await follow()).toEqual([[], []])
})
