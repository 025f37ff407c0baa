import { expect, it } from 'vitest'
import { toRunJson } from '../../../src/core/report/run-json.ts'
import type { RunRecord } from '../../../src/core/report/run-record.ts'
import { tailOf } from '../../../src/engine/runs/tail-of.ts'
import { passingRun } from '../../core/report/made-runs.ts'
import { machineDir } from '../../support/machine-dir.ts'

/** Maxima that wander as a sound machine's do: 12 to 18 us. */
const MAXIMA = [14, 13, 15, 12, 16, 14, 13, 15, 17, 14, 13, 14, 12, 15, 16, 14, 13, 18, 14, 15]

function runOf(id: string, maxUs: number): RunRecord {
  const run = passingRun()
  const [first, ...rest] = run.measurements
  return { ...run, id, measurements: [{ ...first!, all: { ...first!.all!, maxUs } }, ...rest] }
}

function kept(count: number) {
  const machine = machineDir()
  for (const [index, maxUs] of MAXIMA.slice(0, count).entries()) {
    const id = `202611${`${index + 1}`.padStart(2, '0')}T000000Z-quick`
    machine.write(`/var/lib/quietcore/runs/${id}/run.json`, JSON.stringify(toRunJson(runOf(id, maxUs))))
  }
  return machine.ports.root
}

it('the maxima of twenty runs of a suite give a tail, with its assumptions, and fewer give none', () => {
  const now = runOf('20261122T000000Z-quick', 15)
  expect(tailOf(now, kept(18))).toBeNull()
  const tail = tailOf(now, kept(19))!
  expect(tail.blocks).toBe(20)
  expect(tail.assumptions.map(({ name }) => name)).toEqual([
    'blocks',
    'independence',
    'shape',
    'mixture',
    'resolution',
  ])
  expect(tail.returnLevels.map(({ us }) => us > 15 && us < 40)).toEqual([true, true])
})

it('a damaged run of the past is left out and loses nothing', () => {
  const root = kept(20)
  root.writeFile('/var/lib/quietcore/runs/20261101T000000Z-quick/run.json', '{')
  expect(tailOf(runOf('20261122T000000Z-quick', 15), root)?.blocks).toBe(20)
})
