import { expect, it } from 'vitest'
import { InputError, MachineError } from '../../src/core/errors.ts'
import { Problems } from '../../src/daemon/problems.ts'

function problems() {
  const logged: string[] = []
  let seconds = 0
  const now = () => new Date(Date.UTC(2026, 10, 26, 12, 0, seconds++))
  const write = (level: string, message: string) => logged.push(`${level}: ${message}`)
  return { logged, problems: new Problems(now, { write }) }
}

const place = { file: '/etc/quietcore/suites.d/night.conf', line: 2 }
const badSuite = new InputError({ code: 'bad-suite', message: 'a bad suite', place })

it('a problem is logged when it comes and when it has gone, and no more often', () => {
  const { logged, problems: of } = problems()
  for (let time = 0; time < 3; time++) of.set('schedule', badSuite)
  of.set('schedule', badSuite, new MachineError({ code: 'systemctl-failed', message: 'systemctl failed' }))
  of.clear('schedule')
  of.clear('schedule')
  expect(logged).toEqual([
    'warn: /etc/quietcore/suites.d/night.conf:2: a bad suite',
    'error: systemctl failed',
    'info: no longer so: /etc/quietcore/suites.d/night.conf:2: a bad suite',
    'info: no longer so: systemctl failed',
  ])
})

it('what is refused says what is so all the same; it keeps the time of its beginning', () => {
  const { logged, problems: of } = problems()
  of.refuse('profile', badSuite, 'the tuning stays')
  of.refuse('profile', badSuite, 'the tuning stays')
  expect(logged).toEqual(['warn: /etc/quietcore/suites.d/night.conf:2: a bad suite; the tuning stays'])
  expect(of.list().map(({ since }) => since)).toEqual(['2026-11-26T12:00:00.000Z'])
})

it('another one that has the machine is no fault', () => {
  const { logged, problems: of } = problems()
  of.set('locked', new MachineError({ code: 'locked', message: 'another quietcore is at work' }))
  expect(logged).toEqual(['info: another quietcore is at work'])
})
