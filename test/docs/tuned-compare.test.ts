import { expect, it } from 'vitest'
import { differences, unsettled } from '../vm/tuned/compare.ts'

const WHY = { what: 'x', tuned: 'x', quietcore: 'x', why: 'x' }

it('what TuneD and quietcore leave different differs, but what moves between two boots and programs that come and go', () => {
  const tuned = {
    'sysctl vm/swappiness': '10',
    'sysctl fs/moves': '1',
    'task [ksoftirqd/2]': 'TS -',
    'task [only-here]': 'TS -',
    'task tuned': 'TS -',
  }
  const quietcore = { 'sysctl vm/swappiness': '10', 'sysctl fs/moves': '3', 'task [ksoftirqd/2]': 'FF 2' }
  expect(differences([tuned, { ...tuned, 'sysctl fs/moves': '2' }], quietcore)).toEqual([
    { name: 'task [ksoftirqd/2]', tuned: 'TS -', quietcore: 'FF 2' },
    { name: 'task [only-here]', tuned: 'TS -', quietcore: '(none)' },
  ])
})

it('a difference that nothing explains and an explanation of nothing are both named', () => {
  const known = { name: 'file /etc/a', tuned: '1', quietcore: '2' }
  const unknown = { name: 'sysctl b', tuned: '1', quietcore: '2' }
  const explained = [
    { ...WHY, names: /^file \/etc\/./ },
    { ...WHY, names: 'sysctl c' },
  ]
  expect(unsettled([known, unknown], explained)).toEqual({ unexplained: [unknown], unneeded: ['sysctl c'] })
})
