import { expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { CpuFacts } from '../../../src/core/facts.ts'
import { chooseCpus } from '../../../src/engine/measure/choose-cpus.ts'

function facts(online: string, isolated: string, present = online): CpuFacts {
  return {
    possible: CpuSet.parse(present),
    present: CpuSet.parse(present),
    online: CpuSet.parse(online),
    isolated: CpuSet.parse(isolated),
    nohzFull: undefined,
    places: [],
    vendor: '',
    model: '',
    flags: new Set(),
  }
}

function choice(wanted: string, cpu: CpuFacts) {
  const { cpus, housekeeping, findings } = chooseCpus(wanted, cpu)
  return [`${cpus}`, `${housekeeping}`, findings.map(({ code }) => code)]
}

test('measures the isolated CPUs that are online and keeps house on the others', () => {
  expect(choice('isolated', facts('0-4', '2-5', '0-5'))).toEqual(['2-4', '0-1', []])
})

test('keeps house on CPUs that are not isolated, even when only some isolated ones are measured', () => {
  expect(choice('3', facts('0-5', '2-5'))).toEqual(['3', '0-1', []])
})

test('keeps house on isolated CPUs when there are no others, and on the measured ones at the worst', () => {
  expect(choice('0-1', facts('0-3', '2-3'))).toEqual(['0-1', '2-3', []])
  expect(choice('0-1', facts('0-1', ''))).toEqual(['0-1', '0-1', ['no-housekeeping-cpu']])
})

test.each([
  ['isolated', 3, 'no-isolated-cpus'],
  ['4', 2, 'cpu-offline'],
  ['9', 2, 'no-such-cpu'],
  ['', 2, 'no-cpus'],
  ['2-x', 2, 'bad-cpulist'],
])("'%s' is refused with exit %i, %s", (wanted, exitCode, code) => {
  expect(() => chooseCpus(wanted, facts('0-3', '', '0-4'))).toThrow(
    expect.objectContaining({ exitCode, code }),
  )
})

test('says how to bring a CPU online', () => {
  expect(() => chooseCpus('3-4', facts('0-3', '', '0-4'))).toThrow(
    expect.objectContaining({
      message: 'CPU 4 is offline and cannot be measured',
      next: "Bring it online ('echo 1 > /sys/devices/system/cpu/cpu4/online') or choose from 0-3.",
    }),
  )
})
