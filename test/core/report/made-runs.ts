import type { CpuMeasurement } from '../../../src/core/latency/measurement.ts'
import { recordMeasurement } from '../../../src/core/report/measurement-record.ts'
import type { RunRecord } from '../../../src/core/report/run-record.ts'
import type { JudgedMeasurement } from '../../../src/core/verdict/doubts.ts'
import { type JudgeOptions, judge } from '../../../src/core/verdict/judge.ts'
import { parseThresholdArgument } from '../../../src/core/verdict/parse-threshold.ts'
import { simultaneousFinding } from '../../../src/core/verdict/simultaneous.ts'
import type { Threshold } from '../../../src/core/verdict/verdict.ts'
import { cyclictest, hwlatdetect, judged, thread } from '../verdict/made.ts'

/** About 1.5 million wake-ups as an isolated CPU has them: a steep front, a long thin tail up to `last` us. */
function rows(seed: number, last: number): Record<number, number> {
  const counts: Record<number, number> = {}
  for (let us = 2; us <= last; us++) {
    const count = Math.floor(1_100_000 * Math.exp(-((us - 2.6 - (seed % 3) * 0.2) ** 1.35) / 1.1 || 0) + 0.5)
    const stray = (us * 7 + seed * 13) % 5 === 0 ? 1 : 0
    if (us === 2) counts[us] = 4000 + seed * 17
    else if (count + stray > 0) counts[us] = count + stray
  }
  counts[last] = 1
  return counts
}

function of(tool: string, text: string, line: number, criterion?: string): Threshold {
  return {
    ...parseThresholdArgument(`${tool}.${text}`),
    origin: `suites/quick.conf:${line}`,
    ...(criterion && { criterion }),
  }
}

function record(
  judgedOnes: readonly JudgedMeasurement[],
  thresholds: readonly Threshold[],
  options: JudgeOptions & { id: string; profile?: string },
  more: Partial<RunRecord> = {},
): RunRecord {
  return {
    schemaVersion: 1,
    id: options.id,
    quietcoreVersion: '0.1.0',
    suite: { name: 'quick', title: 'Quick check, 10 min', path: '/usr/lib/quietcore/suites/quick.conf' },
    startedAt: '2026-11-22T20:24:24.000Z',
    durationS: judgedOnes.reduce((sum, { measurement }) => sum + (measurement.durationS ?? 0), 0),
    host: {
      name: 'compute-7.example.net',
      os: 'Debian 12',
      cpuModel: 'Intel(R) Xeon(R) Gold 6338N CPU @ 2.20GHz',
      virtualization: 'none',
    },
    kernel: {
      release: '6.1.0-28-rt-amd64',
      realtime: true,
      cmdline:
        'BOOT_IMAGE=/vmlinuz-6.1.0-28-rt-amd64 root=/dev/sda2 ro skew_tick=1 isolcpus=managed_irq,domain,2-5 nohz_full=2-5 rcu_nocbs=2-5 nosoftlockup',
    },
    tuning: { ...options.tuning, profile: options.profile ?? 'realtime-virtual-host' },
    thresholds,
    measurements: judgedOnes.map(({ measurement, step }) => {
      const together = simultaneousFinding(measurement.cpus, measurement.intervalUs)
      return recordMeasurement(measurement, step, [`${step}.out`], together ? [together] : [])
    }),
    verdict: judge(judgedOnes, thresholds, options),
    context: {
      facts: { microcode: '0xd0003b9', clocksource: 'tsc', load: 'stress-ng on CPU 0-1' },
      changes: [
        {
          name: 'LOC',
          where: 'CPU 2',
          before: '10482',
          after: '10784',
          note: 'local timer interrupts, about one a second',
        },
        {
          name: 'smi',
          where: 'CPU 2-5',
          before: '412',
          after: '413',
          note: 'the firmware stopped the CPUs once',
        },
      ],
      disturbances: options.disturbances ?? [],
    },
    ...more,
  }
}

const oslat = (cpus: CpuMeasurement[]) =>
  cyclictest(cpus, {
    tool: 'oslat',
    toolVersion: '2.40',
    format: 'oslat',
    argv: ['oslat', '-c', '2-5', '-C', '0', '-f', '1', '-D', '5m', '-w', 'memmove', '-m', '4K'],
    intervalUs: null,
    durationS: 300,
    wantedDurationS: 300,
  })
const five = {
  durationS: 300,
  wantedDurationS: 300,
  argv: [
    'cyclictest',
    '-m',
    '-q',
    '-p95',
    '-D',
    '5m',
    '-h60',
    '-i200',
    '-t',
    '4',
    '-a',
    '2-5',
    '--mainaffinity',
    '0',
  ],
}
const step = (name: string, one: JudgedMeasurement): JudgedMeasurement => ({ ...one, step: name })
const CPUS = [2, 3, 4, 5]
const THRESHOLDS = [
  of('cyclictest', 'max<=40us', 24, 'RHEL RT'),
  of('cyclictest', 'p99.999<=40us', 25, 'RHEL RT'),
  of('oslat', 'max<=20us', 26, 'RHEL RT'),
]

/** Two steps, four CPUs, all limits met. */
export function passingRun(): RunRecord {
  const latency = cyclictest(
    CPUS.map((cpu) => thread(cpu, rows(cpu, 9 + cpu))),
    five,
  )
  const noise = oslat(CPUS.map((cpu) => thread(cpu, rows(cpu + 5, 7 + cpu))))
  return record(
    [step('cyclictest', judged(latency, '2-5')), step('oslat', judged(noise, '2-5'))],
    THRESHOLDS,
    {
      id: '20261122T202424Z-quick',
      tuning: { state: 'ok' },
    },
  )
}

/** One CPU far beyond its histogram, and one event that caught three CPUs at once. */
export function failingRun(): RunRecord {
  const cycles = [[], [10_000, 700_123], [700_123], [700_124]]
  const latency = cyclictest(
    CPUS.map((cpu, i) =>
      thread(cpu, rows(cpu, 14 + 3 * cpu), {
        overflows: cycles[i]!.length,
        ...(i > 0 && { maxUs: 61 + 13 * i, cycles: cycles[i]! }),
      }),
    ),
    five,
  )
  return record(
    [step('cyclictest', judged(latency, '2-5'))],
    THRESHOLDS.slice(0, 2),
    {
      id: '20261122T203424Z-quick',
      tuning: { state: 'differs', details: ['sysctl:kernel.sched_rt_runtime_us is 950000, wanted -1'] },
    },
    {
      tail: {
        blocks: 12,
        gumbel: { locationUs: 31.2, scaleUs: 4.4 },
        gev: { locationUs: 31, scaleUs: 4.2, shape: -0.08 },
        lag1: 0.1,
        assumptions: [
          {
            name: 'blocks',
            holds: false,
            message: '12 blocks, 20 are the least that a fit can be made from',
          },
        ],
        returnLevels: [{ blocks: 100, us: 51.43 }],
      },
    },
  )
}

/** Interrupted, one CPU without a sample, one missing, a reboot pending; hwlatdetect saw three events. */
export function undecidedRun(): RunRecord {
  const latency = cyclictest([thread(2, { 3: 40_000, 4: 3000, 9: 2 }), thread(3, {})], {
    ...five,
    durationS: 9,
    findings: [
      {
        code: 'fewer-samples-than-periods',
        message: 'CPU 2 missed 1,998 of 45,000 periods',
        trust: false,
        line: 14,
      },
    ],
  })
  const firmware = hwlatdetect({
    toolVersion: null,
    durationS: 600,
    wantedDurationS: 600,
    argv: ['hwlatdetect', '--duration', '10m', '--threshold', '10'],
    events: [1, 2].map((i) => ({
      timestamp: `166873010${i}.123456789`,
      cpu: i,
      innerUs: 8 + i,
      outerUs: 11,
      count: i,
    })),
  })
  return record(
    [step('cyclictest', judged(latency, '2-4', 'SIGINT by the user')), step('firmware', judged(firmware))],
    [...THRESHOLDS.slice(0, 2), of('hwlatdetect', 'max<20us', 30)],
    {
      id: '20261122T204424Z-quick',
      tuning: {
        state: 'pending-reboot',
        details: ['isolcpus=managed_irq,domain,2-5 is written, the running kernel has none'],
      },
      disturbances: [
        { code: 'steal', message: '2.4 s of steal time on CPU 2: a hypervisor took the CPU away' },
      ],
    },
    { context: null },
  )
}

/** 64 CPUs of a large host, one of them late. */
export function wideRun(): RunRecord {
  const cpus = Array.from({ length: 64 }, (_, i) => i + 2)
  const latency = cyclictest(
    cpus.map((cpu) =>
      thread(
        cpu,
        rows(cpu, 9 + (cpu % 11)),
        cpu === 37 ? { overflows: 3, maxUs: 71, cycles: [5, 77, 901] } : {},
      ),
    ),
    {
      ...five,
      argv: ['cyclictest', '-m', '-q', '-p95', '-D', '5m', '-h60', '-i200', '-t', '64', '-a', '2-65'],
    },
  )
  return record([step('cyclictest', judged(latency, '2-65'))], THRESHOLDS.slice(0, 2), {
    id: '20261122T205424Z-quick',
    tuning: { state: 'ok' },
  })
}

/** A file from elsewhere with names that mean harm to whoever shows them. */
export function hostileRun(): RunRecord {
  const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&\u001b[2J\u0000]]>`
  const run = passingRun()
  return {
    ...run,
    id: evil,
    suite: { name: evil, title: evil, path: evil },
    host: { name: evil, os: evil, cpuModel: evil, virtualization: evil },
    kernel: { release: evil, realtime: false, cmdline: evil },
    tuning: { state: 'differs', profile: evil, details: [evil] },
    measurements: run.measurements.map((one) => ({
      ...one,
      step: evil,
      tool: evil,
      toolVersion: evil,
      argv: [evil],
      rawFiles: [evil],
      findings: [{ code: evil, message: evil, trust: false }],
      events: [{ timestamp: evil, cpu: 1, innerUs: 1, outerUs: 1, count: 1 }],
    })),
    verdict: {
      ...run.verdict,
      reasons: [evil],
      claims: [evil],
      doubts: [{ code: evil, message: evil }],
      checks: run.verdict.checks.map((check) => ({
        ...check,
        tool: evil,
        step: evil,
        reason: evil,
        threshold: { ...check.threshold, origin: evil, criterion: evil },
      })),
    },
    context: {
      facts: { [evil]: evil },
      changes: [{ name: evil, where: evil, before: evil, after: evil, note: evil }],
      disturbances: [],
    },
  }
}
