import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepTracing, restoreKeptTracing } from '../../../../src/engine/measure/tracing/kept-state.ts'
import { restoreTracing } from '../../../../src/engine/measure/tracing/restore.ts'
import { captureTracing } from '../../../../src/engine/measure/tracing/state.ts'
import { openRoot } from '../../../../src/host/root.ts'

const TRACEFS = 'sys/kernel/tracing'
let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-tracing-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function lay(files: Record<string, string>) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, TRACEFS, name)), { recursive: true })
    writeFileSync(join(dir, TRACEFS, name), content)
  }
}

const BEFORE = {
  current_tracer: 'nop\n',
  tracing_on: '1\n',
  tracing_thresh: '0\n',
  tracing_cpumask: 'f\n',
  'hwlat_detector/window': '1000000\n',
  'hwlat_detector/width': '500000\n',
  'hwlat_detector/mode': 'none [round-robin] per-cpu\n',
  'osnoise/cpus': '0-3\n',
  'osnoise/options': 'DEFAULTS OSNOISE_WORKLOAD NO_PANIC_ON_STOP\n',
}

function held() {
  return Object.fromEntries(
    Object.keys(BEFORE).map((name) => [name, readFileSync(join(dir, TRACEFS, name), 'utf8').trim()]),
  )
}

test('puts back what a killed hwlatdetect left, and only that', () => {
  lay(BEFORE)
  const root = openRoot(dir)
  const state = captureTracing(root)!
  lay({
    current_tracer: 'hwlat\n',
    tracing_on: '0\n',
    tracing_thresh: '10\n',
    'hwlat_detector/width': '950000\n',
    'hwlat_detector/mode': 'none round-robin [per-cpu]\n',
  })
  expect(restoreTracing(state, root)).toEqual({
    restored: [
      'tracing_thresh',
      'hwlat_detector/width',
      'hwlat_detector/mode',
      'current_tracer',
      'tracing_on',
    ],
    refused: [],
  })
  expect(held()).toEqual({
    current_tracer: 'nop',
    tracing_on: '1',
    tracing_thresh: '0',
    tracing_cpumask: 'f',
    'hwlat_detector/window': '1000000',
    'hwlat_detector/width': '500000',
    'hwlat_detector/mode': 'round-robin',
    'osnoise/cpus': '0-3',
    'osnoise/options': 'DEFAULTS OSNOISE_WORKLOAD NO_PANIC_ON_STOP',
  })
})

test('removes the instance and the option that a killed rtla left', () => {
  lay({ ...BEFORE, 'instances/mine/tracing_on': '1\n' })
  const root = openRoot(dir)
  const state = captureTracing(root)!
  lay({ 'osnoise/options': 'NO_OSNOISE_WORKLOAD NO_PANIC_ON_STOP\n' })
  mkdirSync(join(dir, TRACEFS, 'instances/timerlat_hist'))
  expect(restoreTracing(state, root)).toEqual({
    restored: ['instances/timerlat_hist', 'osnoise/options', 'current_tracer'],
    refused: [],
  })
  expect(root.list(`/${TRACEFS}/instances`)).toEqual(['mine'])
  expect(held()['osnoise/options']).toBe('OSNOISE_WORKLOAD')
})

test('touches nothing after a tool that cleaned up', () => {
  lay(BEFORE)
  const root = openRoot(dir)
  const state = captureTracing(root)!
  expect(restoreTracing(state, root)).toEqual({ restored: [], refused: [] })
})

test('is nothing where tracefs is not mounted', () => {
  expect(captureTracing(openRoot(dir))).toBe(undefined)
})

test('what a killed quietcore kept is put back by the next one, once', () => {
  lay(BEFORE)
  const root = openRoot(dir)
  keepTracing(captureTracing(root)!, root)
  lay({ current_tracer: 'osnoise\n', 'osnoise/cpus': '2-3\n' })
  expect(restoreKeptTracing(root)).toEqual({ restored: ['osnoise/cpus', 'current_tracer'], refused: [] })
  expect([held().current_tracer, held()['osnoise/cpus']]).toEqual(['nop', '0-3'])
  lay({ tracing_thresh: '10\n' })
  expect(restoreKeptTracing(root)).toBe(undefined)
  expect(held().tracing_thresh).toBe('10')
})

test('a state that cannot be read is named, and stays', () => {
  const root = openRoot(dir)
  root.writeFile('/run/quietcore/tracing.json', '{')
  expect(() => restoreKeptTracing(root)).toThrow(expect.objectContaining({ code: 'bad-tracing-state' }))
  expect(root.exists('/run/quietcore/tracing.json')).toBe(true)
})
