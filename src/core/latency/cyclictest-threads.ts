import type { RunOptions } from './argv.ts'
import type { DumpedThread } from './cyclictest-dump.ts'
import type { CyclictestText } from './cyclictest-text.ts'
import { Histogram } from './histogram.ts'
import type { CpuMeasurement } from './measurement.ts'

/** The threads of summary lines or a live display: no histogram. `perUs`: units in a us (1000 with -N). */
export function fromThreadLines(read: CyclictestText, options: RunOptions, perUs: number): CpuMeasurement[] {
  const lines = [...read.threads.threads.values()].sort((a, b) => a.thread - b.thread)
  return lines.map((line) => {
    const { thread, cycles, min, avg, max } = line
    if (cycles === 0) read.findings.doubt('no-samples', `thread ${thread} has no samples`)
    if (min !== null && max !== null && (min > max || (avg !== null && (avg < min || avg > max)))) {
      read.findings.doubt(
        'contradictory',
        `thread ${thread}: min ${min}, avg ${avg}, max ${max} cannot be of one run`,
      )
    }
    if (line.smis) read.findings.note('smi-during-run', `thread ${thread} saw ${line.smis} SMIs`)
    const us = (value: number | null) => (value === null ? null : value / perUs)
    return {
      cpu: cpuOf(read, options, thread),
      thread,
      context: null,
      samples: cycles,
      minUs: us(min),
      meanUs: us(avg),
      maxUs: us(max),
      histogram: null,
    }
  })
}

/** A thread of a verbose dump, with the histogram of its samples. */
export function fromDump(
  read: CyclictestText,
  thread: number,
  samples: DumpedThread,
  options: RunOptions,
  perUs: number,
): CpuMeasurement {
  const histogram = new Histogram(
    {
      bucketNs: 1000 / perUs,
      overflows: samples.overflows,
      overflowFromNs: (samples.overflowFrom * 1000) / perUs,
    },
    samples.pages.finish(),
  )
  return {
    cpu: cpuOf(read, options, thread),
    thread,
    context: null,
    samples: samples.samples,
    minUs: samples.min / perUs,
    meanUs: samples.sum / samples.samples / perUs,
    maxUs: samples.max / perUs,
    histogram,
  }
}

/** The CPU of a thread: as -v tells it, or the N-th of the list of -a; null when neither is known. */
export function cpuOf(read: CyclictestText, options: RunOptions, thread: number): number | null {
  const used = read.usedCpus.get(thread)
  if (used !== undefined) return used
  return options.cpus === null ? null : (options.cpus[thread % options.cpus.length] ?? null)
}
