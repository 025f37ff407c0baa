import { expect, it } from 'vitest'
import { recordMeasurement } from '../../../src/core/report/measurement-record.ts'
import { runFamilies } from '../../../src/core/report/run-families.ts'
import { cyclictest, thread } from '../verdict/made.ts'
import { failingRun } from './made-runs.ts'

it('a step that comes again is numbered, so that no two series have one name', () => {
  const one = recordMeasurement(cyclictest([thread(2, { 3: 9_000 }, { maxUs: 3 })]), null)
  const named = { ...one, step: 'cyclictest 2' }
  const run = { ...failingRun(), measurements: [one, one, named, { ...one, tool: 'oslat' }] }
  const series = runFamilies([run]).filter((line) => !line.startsWith('#'))
  expect(series.filter((line) => line.startsWith('quietcore_latency_events'))).toEqual([
    'quietcore_latency_events{suite="quick",step="cyclictest",tool="cyclictest"} 0',
    'quietcore_latency_events{suite="quick",step="cyclictest 2",tool="cyclictest"} 0',
    'quietcore_latency_events{suite="quick",step="cyclictest 2 2",tool="cyclictest"} 0',
    'quietcore_latency_events{suite="quick",step="oslat",tool="oslat"} 0',
  ])
  expect(new Set(series.map((line) => line.replace(/ \S+$/, ''))).size).toBe(series.length)
})
