import { expect, it } from 'vitest'
import { machineWideEvents, simultaneousFinding } from '../../../src/core/verdict/simultaneous.ts'
import { thread } from './made.ts'

const cpu = (number: number, cycles: number[]) =>
  thread(number, { 3: 1000 }, { overflows: cycles.length, cycles })
const events = (...cpus: ReturnType<typeof cpu>[]) =>
  machineWideEvents(cpus).map((event) => `${event.cycle}: ${event.cpus}`)

it('CPUs that overflow in the same cycle, or one apart, are one machine-wide event', () => {
  expect(events(cpu(2, [10, 500, 900]), cpu(3, [11, 700]), cpu(4, [11, 900]))).toEqual([
    '10: 2-4',
    '900: 2,4',
  ])
})

it('a CPU that overflows twice in a row is not one, but its second cycle can begin one', () => {
  expect(events(cpu(2, [10, 11]), cpu(3, [500]))).toEqual([])
  expect(events(cpu(2, [10, 11]), cpu(3, [12]))).toEqual(['11: 2-3'])
})

it('two cycles apart are two events, and an unpinned or clean thread has none', () => {
  expect(events(cpu(2, [10]), cpu(3, [12]))).toEqual([])
  expect(machineWideEvents([{ ...cpu(2, [10]), cpu: null }, cpu(3, [10]), thread(4, { 1: 1 })])).toEqual([])
})

it('is told once, with the event that caught most CPUs', () => {
  expect(simultaneousFinding([cpu(2, [5, 500]), cpu(3, [5, 500]), cpu(4, [500])], 200)).toEqual({
    code: 'simultaneous-spikes',
    trust: true,
    message:
      'several CPUs were late in the same cycle 2 times (CPU 2-4 in cycle 500, 0.1 s into the run): one cause outside them, such as an SMI, the hypervisor, or a stop of the whole machine',
  })
  expect(simultaneousFinding([cpu(2, [5])], 200)).toBeUndefined()
})
