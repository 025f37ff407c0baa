import { expect, it } from 'vitest'
import { descendantsOf } from '../../src/core/descendants.ts'

it('children, and theirs, in whatever order they are listed; neither the process itself nor others', () => {
  const processes = [
    { pid: 30, parent: 20 },
    { pid: 20, parent: 10 },
    { pid: 20, parent: 10 },
    { pid: 10, parent: 1 },
    { pid: 40, parent: 1 },
    { pid: 1, parent: 0 },
  ]
  expect(descendantsOf(processes, 10)).toEqual(new Set([20, 30]))
  expect(descendantsOf(processes, 40)).toEqual(new Set())
})

it('a parent that is its own child, as a look at processes that come and go may show, is walked once', () => {
  const processes = [
    { pid: 20, parent: 10 },
    { pid: 10, parent: 20 },
  ]
  expect(descendantsOf(processes, 10)).toEqual(new Set([20]))
})
