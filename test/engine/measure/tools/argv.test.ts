import { describe, expect, test } from 'vitest'
import { CpuSet } from '../../../../src/core/cpu/cpu-set.ts'
import type { SuiteStep } from '../../../../src/core/suite/suite.ts'
import type { MeasureRequest } from '../../../../src/engine/measure/tool.ts'
import { findTool } from '../../../../src/engine/measure/tools.ts'

const RECENT: Record<string, string> = {
  cyclictest: '--default-system --mainaffinity=CPUSET',
  oslat: '--bucket-size --quiet',
  hwlatdetect: '--cpu-list',
  'rtla-timerlat': '-H/--house-keeping cpus',
  'rtla-osnoise': '-H/--house-keeping cpus',
}

function step(tool: SuiteStep['tool'], more: Partial<SuiteStep> = {}): SuiteStep {
  return { name: 'a', tool, durationS: 60, place: { file: 'a.conf' }, ...more }
}

function line(
  tool: SuiteStep['tool'],
  more: Partial<SuiteStep> = {},
  request: Partial<MeasureRequest> = {},
  help = RECENT[tool]!,
) {
  const made = findTool(tool).command(
    {
      step: step(tool, more),
      cpus: CpuSet.parse('2-5'),
      housekeeping: CpuSet.parse('0-1'),
      stop: null,
      machineIdleStates: true,
      pin: 'affinity',
      ...request,
    },
    help,
  )
  return { line: made.argv.join(' '), notes: made.notes.map(({ code }) => code) }
}

describe('cyclictest', () => {
  test('measures the named CPUs with the talk’s options, its main thread on a housekeeping CPU, idle states as they are', () => {
    expect(line('cyclictest')).toEqual({
      line: 'cyclictest -m -q -p95 -i200 -h60 -D 60 -t 4 -a 2-5 --mainaffinity=0 --default-system',
      notes: [],
    })
  })

  test('takes every option of the suite', () => {
    const made = line('cyclictest', {
      priority: 80,
      intervalUs: 1000,
      histogramBuckets: 30,
      distanceUs: 0,
      durationS: 43200,
    })
    expect(made.line).toBe(
      'cyclictest -m -q -p80 -i1000 -h30 -D 43200 -d 0 -t 4 -a 2-5 --mainaffinity=0 --default-system',
    )
  })

  test('of an old build says what it cannot do, and uses the clock_nanosleep that newer ones always use', () => {
    expect(line('cyclictest', {}, {}, '-n       --nanosleep        use clock_nanosleep')).toEqual({
      line: 'cyclictest -m -n -q -p95 -i200 -h60 -D 60 -t 4 -a 2-5',
      notes: ['main-thread-anywhere', 'idle-states-hidden'],
    })
  })

  test('measures one CPU bound by taskset, as the talk’s 24 h line', () => {
    const made = line(
      'cyclictest',
      { durationS: 86400, histogramBuckets: 100 },
      { cpus: CpuSet.of([2]), pin: 'taskset', machineIdleStates: false },
    )
    expect(made).toEqual({
      line: 'taskset -c 2 cyclictest -m -q -p95 -i200 -h100 -D 86400',
      notes: ['idle-states-hidden'],
    })
  })

  test.each([
    ['<', 20, '-b 19'],
    ['<=', 20, '-b 20'],
    ['<', 20.5, '-b 20'],
  ] as const)('stops above the last latency that is right: %s %s us', (comparison, limitUs, option) => {
    expect(line('cyclictest', {}, { stop: { comparison, limitUs } }).line.endsWith(` ${option}`)).toBe(true)
  })
})

describe('oslat', () => {
  test('loops on the named CPUs with a workload, its main thread on a housekeeping CPU', () => {
    expect(line('oslat', { workload: 'memmove', memory: '4K', histogramBuckets: 32 })).toEqual({
      line: 'oslat -c 2-5 -C 0 -f 1 -D 60 -b 32 -q -w memmove -m 4K',
      notes: [],
    })
  })

  test('stops at the first latency that is wrong', () => {
    expect(line('oslat', {}, { stop: { comparison: '<=', limitUs: 20 } }).line).toBe(
      'oslat -c 2-5 -C 0 -f 1 -D 60 -q -T 21',
    )
    expect(line('oslat', {}, { stop: { comparison: '<', limitUs: 20 } }).line).toBe(
      'oslat -c 2-5 -C 0 -f 1 -D 60 -q -T 20',
    )
  })
})

describe('hwlatdetect', () => {
  test('names window, width and threshold, because the kernel keeps those of the run before', () => {
    expect(line('hwlatdetect')).toEqual({
      line: 'taskset -c 0-1 hwlatdetect --duration=60 --threshold=10us --window=1000000us --width=950000us --cpu-list=2-5',
      notes: [],
    })
  })

  test('of an old build measures every CPU and says so', () => {
    expect(line('hwlatdetect', { thresholdUs: 5, windowUs: 100, widthUs: 50 }, {}, '')).toEqual({
      line: 'taskset -c 0-1 hwlatdetect --duration=60 --threshold=5us --window=100us --width=50us',
      notes: ['cpus-not-chosen'],
    })
  })

  test('is watched for a sample over the limit, because it does not stop by itself', () => {
    const { breaks } = findTool('hwlatdetect').command(
      {
        step: step('hwlatdetect'),
        cpus: CpuSet.of([1]),
        housekeeping: CpuSet.of([0]),
        stop: { comparison: '<=', limitUs: 20 },
        machineIdleStates: true,
        pin: 'affinity',
      },
      RECENT.hwlatdetect!,
    )
    expect([
      breaks!('ts: 1795375009.557274200, inner:3, outer:20'),
      breaks!('ts: 1795375009.557274200, inner:3, outer:21, cpu:1'),
      breaks!('Starting test'),
    ]).toEqual([false, true, false])
  })
})

describe('rtla', () => {
  test('timerlat measures the named CPUs with a real-time thread on each', () => {
    expect(
      line('rtla-timerlat', { histogramBuckets: 5 }, { stop: { comparison: '<', limitUs: 50 } }).line,
    ).toBe('rtla timerlat hist -c 2-5 -H 0-1 -d 60s -p 1000 -P f:95 -E 10 -T 50')
  })

  test('osnoise rests a tenth of each period, so that the kernel is not starved; an old rtla is kept aside by taskset', () => {
    expect(
      line('rtla-osnoise', { thresholdUs: 1 }, { stop: { comparison: '<', limitUs: 50 } }, '').line,
    ).toBe('taskset -c 0-1 rtla osnoise hist -c 2-5 -d 60s -p 1000000 -r 900000 -P f:1 -E 256 -T 1 -s 49')
  })
})

test('a tool that quietcore does not run is named, with those that it runs', () => {
  expect(() => findTool('jitterdebugger')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      code: 'unknown-tool',
      message: "'jitterdebugger' is no latency tool that quietcore runs",
      next: 'Choose one of cyclictest, hwlatdetect, oslat, rtla-timerlat, rtla-osnoise.',
    }),
  )
})
