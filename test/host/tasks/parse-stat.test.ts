import { expect, test } from 'vitest'
import { parseStat } from '../../../src/host/tasks/parse-stat.ts'

/** ksoftirqd/0 of a Debian 12 kernel, as it stands in /proc/14/stat. */
const KSOFTIRQD =
  '14 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0 0 0 0 12 0 0 20 0 1 0 9 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n'

test('a bound kernel thread', () => {
  expect(parseStat(KSOFTIRQD, 14)).toEqual({
    task: {
      tid: 14,
      pid: 14,
      parent: 2,
      comm: 'ksoftirqd/0',
      kernel: true,
      bound: true,
      policy: 'other',
      priority: 0,
      startTicks: 9,
    },
    ended: false,
    threads: 1,
  })
})

test.each([
  ['CPU 0/KVM', 'CPU 0/KVM'],
  ['a) S 1 (b', 'a) S 1 (b'],
  ['two\nlines', 'two\nlines'],
  ['(sd-pam)', '(sd-pam)'],
  [Buffer.from('žába').toString('latin1'), 'žába'],
])('the command name %j may hold anything', (written, comm) => {
  expect(parseStat(KSOFTIRQD.replace('ksoftirqd/0', written), 14)?.task.comm).toBe(comm)
})

test('FIFO with its priority, in a zombie', () => {
  const fields = KSOFTIRQD.trim().split(' ')
  fields[2] = 'Z'
  fields[39] = '95'
  fields[40] = '1'
  expect(parseStat(fields.join(' '), 14)).toMatchObject({
    ended: true,
    task: { policy: 'fifo', priority: 95 },
  })
})

test.each(['', '14', '14 (cut', '14 (cut) S 2 0'])('%j is no stat line', (text) => {
  expect(parseStat(text, 14)).toBeUndefined()
})
