import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/core/errors.ts'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { parseLatency, type RunContext } from '../../../src/core/latency/parser.ts'
import { percentile } from '../../../src/core/latency/percentile.ts'
import { FIXTURES } from './shared.ts'

const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8')
const read = (text: string, context: RunContext = {}): Measurement =>
  parseLatency(Buffer.from(text), context).measurements[0]!
const codes = (run: Measurement) =>
  run.findings.map((finding) => `${finding.trust ? 'note' : 'doubt'} ${finding.code}`)
const argv = (line: string) => ({ argv: line.split(' ') })
const numbers = (run: Measurement) => run.cpus.map((cpu) => [cpu.samples, cpu.minUs, cpu.meanUs, cpu.maxUs])

const HISTOGRAM = (rows: string, ...footer: string[]) =>
  `# /dev/cpu_dma_latency set to 0us\n# Histogram\n${rows}${footer.map((line) => `# ${line}\n`).join('')}\n`
const NEW_ROWS = '000003 000005\t000004\n000007 000001\t000002\n'
const NEW = (rows = NEW_ROWS) =>
  HISTOGRAM(
    rows,
    'Min Latencies: 00003 00003',
    'Avg Latencies: 00003 00004',
    'Max Latencies: 00007 00007',
    'Histogram Overflows: 00000 00000',
    'Histogram Overflow at cycle number:',
    'Thread 0: ',
    'Thread 1: ',
  )

describe('cyclictest', () => {
  it('measures only the CPUs it may run on with -S: fewer threads than were asked for by -t or -a is found', () => {
    const text = 'T: 0 (  270) P:95 I:1000 C:   2000 Min:      5 Act:    7 Avg:    6 Max:      17\n'
    expect(codes(read(text, argv('cyclictest -q -t 2 -a 0-1 -D 2')))).toEqual([
      'doubt thread-count-differs',
      'doubt cpus-not-measured',
    ])
    expect(codes(read(text, argv('cyclictest -q -S -D 2')))).toEqual([])
  })

  it('prints Min 1000000 and Max 0 for a thread without cycles, which are no numbers', () => {
    const run = read(fixture('ct-zero.out'))
    expect([numbers(run), codes(run)]).toEqual([
      [
        [0, null, null, null],
        [0, null, null, null],
      ],
      ['doubt no-samples', 'doubt no-samples'],
    ])
  })

  it('writes -nan into JSON for a thread without cycles, which is no number', () => {
    const run = read(fixture('ct-zero.json'))
    expect([numbers(run), codes(run)]).toEqual([
      [
        [0, null, null, null],
        [0, null, null, null],
      ],
      ['doubt no-samples', 'doubt no-samples', 'doubt duration-not-reached'],
    ])
  })

  it('skips the periods that a long latency swallows: coordinated omission is named', () => {
    const text = 'T: 0 (  270) P:95 I:1000 C:    191 Min:     57 Act: 8537 Avg:14950 Max:  467322\n'
    expect(codes(read(text))).toEqual(['doubt missed-periods'])
  })

  it('starts thread after thread, and the first at the end stops all: a little fewer samples are no finding', () => {
    const text = HISTOGRAM(
      '000005 300000\t299966\n',
      'Min Latencies: 00005 00005',
      'Avg Latencies: 00005 00005',
      'Max Latencies: 00005 00005',
      'Histogram Overflows: 00000 00000',
      'Histogram Overflow at cycle number:',
      'Thread 0: ',
      'Thread 1: ',
    )
    expect(codes(read(text, argv('cyclictest -q -t2 -a2,3 -h 60 -i 1000 -D300')))).toEqual([])
  })

  it('may be shorter than its name says: the samples are held against duration and interval', () => {
    const text = 'T: 0 ( 1) P:95 I:200 C:  72000 Min:      5 Act:    7 Avg:    6 Max:      17\n'
    expect(codes(read(text, argv('cyclictest -q -p95 -i200 -t1 -D 1h')))).toEqual(['doubt too-few-samples'])
  })

  it('exits 0 when its limit was broken: the break lines are read', () => {
    const run = read(fixture('ct-break.out'))
    expect(codes(run)).toEqual(['doubt limit-broken'])
    expect(run.findings[0]!.message).toBe(
      'the run ended early because its limit was broken by the thread with pid 1740 with 22 us',
    )
  })

  it('says return_code 0 in JSON after a broken limit: max is held against -b', () => {
    const json = fixture('ct-hist.json').replace('-D 1 ', '-D 1 -b 200 ')
    expect(codes(read(json))).toEqual(['doubt limit-broken'])
  })

  it('prints a usage text and exits 0 on an unknown option: the tool could not run', () => {
    const run = read(fixture('ct-usage.out'))
    expect([run.tool, run.cpus, codes(run)]).toEqual(['cyclictest', [], ['doubt tool-could-not-run']])
  })

  it('has a sum column with -H, which is no thread', () => {
    expect(read(fixture('ct-hist-sum.out')).cpus.length).toBe(2)
    expect(read(fixture('ct-hist-sum-one.out')).cpus.length).toBe(1)
  })

  it('has from 2.7 on a sum column in the rows but not in the footer with -H and one thread', () => {
    const text = HISTOGRAM(
      '000006 000001\t000001\n000009 000004\t000004\n',
      'Min Latencies: 00006',
      'Avg Latencies: 00008',
      'Max Latencies: 00009',
      'Histogram Overflows: 00000',
      'Histogram Overflow at cycle number:',
      'Thread 0: ',
    )
    const run = read(text)
    expect([numbers(run), codes(run)]).toEqual([[[5, 6, 8, 9]], []])
  })

  it('prints neither "# Total:" nor rows of zeros from 2.7 on', () => {
    const run = read(NEW())
    expect([numbers(run), run.format, codes(run)]).toEqual([
      [
        [6, 3, 3, 7],
        [6, 3, 4, 7],
      ],
      'cyclictest histogram (no Total line)',
      [],
    ])
  })

  it('does not print -h: a full list of overflowed cycles has exactly so many, else overflow begins after the last row', () => {
    const full = HISTOGRAM(
      '000003 000005\n',
      'Min Latencies: 00003',
      'Avg Latencies: 00016',
      'Max Latencies: 00050',
      'Histogram Overflows: 00006',
      'Histogram Overflow at cycle number:',
      'Thread 0: 00000 00001 00002 00003 00004 # 00001 others',
    )
    expect(read(full).cpus[0]!.histogram!.overflowFromNs).toBe(5000)
    const some = full.replace('00006', '00005').replace(' # 00001 others', '').replace('00016', '00020')
    expect(read(some).cpus[0]!.histogram!.overflowFromNs).toBe(4000)
    expect(read(some, argv('cyclictest -q -h 30')).cpus[0]!.histogram!.overflowFromNs).toBe(30_000)
  })

  it('prints "# 00000 others" for a list that is exactly full', () => {
    const text = HISTOGRAM(
      '000001 000002\n',
      'Min Latencies: 00001',
      'Avg Latencies: 00003',
      'Max Latencies: 00005',
      'Histogram Overflows: 00002',
      'Histogram Overflow at cycle number:',
      'Thread 0: 00000 00001 # 00000 others',
    )
    expect([codes(read(text)), read(text).cpus[0]!.histogram!.overflowCycles]).toEqual([[], [0, 1]])
  })

  it('keeps no value of an overflowed sample: a percentile there is only a lower bound', () => {
    const run = read(fixture('ct-overflow.out'))
    expect(percentile(run.cpus[0]!.histogram!, '99')).toEqual({ us: 4, lowerBound: true })
  })

  it('measures ns with -N, seen from the width of its columns', () => {
    const run = read(fixture('ct-nanoseconds.out'))
    expect(numbers(run)).toEqual([
      [1000, 12.452, 23.672, 341.979],
      [667, 8.161, 28.642, 152.672],
    ])
  })

  it('redraws its lines on a terminal: the last state counts', () => {
    expect(numbers(read(fixture('ct-live.out')))).toEqual([
      [60, 13, 23, 122],
      [47, 16, 28, 48],
    ])
  })

  it('adds a column of SMI counts with --smi', () => {
    const run = read(
      'T: 0 ( 7126) P:95 I:1000 C:   2000 Min:      7 Act:   12 Avg:   24 Max:     109 SMI:       3\n',
    )
    expect([numbers(run), codes(run)]).toEqual([[[2000, 7, 24, 109]], ['note smi-during-run']])
  })

  it('lists only some of its spikes', () => {
    const run = read(fixture('ct-spike.out'))
    expect([run.events.length, codes(run)]).toEqual([8, ['note spikes-not-listed']])
    expect(run.events[0]).toEqual({
      timestamp: fixture('ct-spike.out').match(/TS: +(\d+)/)![1],
      cpu: null,
      innerUs: null,
      outerUs: Number(fixture('ct-spike.out').match(/Spike: +(\d+)/)![1]),
      count: null,
    })
  })

  it('does not escape quotes in the cmdline of its JSON', () => {
    const run = read(fixture('ct-quoted.json'))
    expect([run.argv!.at(-1), run.cpus[0]!.samples, codes(run)]).toEqual(['--histfile=a"b.hist', 100, []])
  })

  it('has keys with a stray colon in JSON, or without', () => {
    const json = fixture('ct-hist.json')
    expect(
      read(json.replace('cmdline:"', 'cmdline"').replace('rt_test_version:"', 'rt_test_version"')),
    ).toEqual(read(json))
  })

  it('has no overflow in JSON: overflow is cycles less the histogram', () => {
    const run = read(fixture('ct-hist.json'))
    expect(run.cpus.map((cpu) => [cpu.samples, cpu.histogram!.counted, cpu.histogram!.overflows])).toEqual([
      [4989, 4828, 161],
      [4993, 4971, 22],
    ])
  })

  it('prints an empty histogram without -h before 2.7: there is none, not one without samples', () => {
    expect(read(fixture('ct-nanoseconds.json')).cpus.map((cpu) => cpu.histogram)).toEqual([null, null])
  })

  it('mixes JSON into its text with --json=-: both are one run', () => {
    const { measurements } = parseLatency(Buffer.from(fixture('ct-stdout-json.out')))
    expect(
      measurements.map((run) => [
        run.format,
        run.toolVersion,
        run.cpus.map((cpu) => [cpu.cpu, cpu.samples, cpu.histogram!.overflows]),
        codes(run),
      ]),
    ).toEqual([['cyclictest histogram (before 2.7: Total line) and JSON', '2.40', [[0, 100, 18]], []]])
  })

  it('that wrote its report elsewhere leaves a file without a measurement', () => {
    expect(codes(read('# /dev/cpu_dma_latency set to 0us\n'))).toEqual(['doubt no-samples'])
  })
})

describe('A contradictory cyclictest histogram', () => {
  const old = fixture('ct-hist.out')
  const change = (from: RegExp, to: string) => codes(read(old.replace(from, to)))
  it.each([
    ['total', 'doubt total-differs', /# Total: 00000\d/, '# Total: 000007'],
    ['minimum', 'doubt min-outside-histogram', /# Min Latencies: 00007/, '# Min Latencies: 00002'],
    ['maximum', 'doubt max-outside-histogram', /# Max Latencies: 00286/, '# Max Latencies: 00006'],
    ['average', 'doubt average-differs', /# Avg Latencies: 00020/, '# Avg Latencies: 00040'],
    [
      'overflow count',
      'doubt overflow-list-differs',
      /# Histogram Overflows: 00161/,
      '# Histogram Overflows: 00162',
    ],
    ['row that is gone', 'doubt rows-missing', /000003 .*\n/, ''],
    ['row without a column', 'doubt damaged-row', /(000030 \d+)\t\d+/, '$1'],
    ['row that comes twice', 'doubt damaged-row', /(000030 .*\n)/, '$1$1'],
    ['footer line that is gone', 'doubt truncated', /# Max Latencies.*\n/, ''],
  ])('is found by its %s', (_, code, from, to) => {
    expect(old).toMatch(from)
    expect(change(from, to)).toContain(code)
  })

  it('with a damaged row gives no percentile', () => {
    const run = read(old.replace(/(000030 \d+)\t\d+/, '$1'))
    expect([run.cpus[0]!.samples, percentile(run.cpus[0]!.histogram!, '99')]).toEqual([null, null])
  })
})

describe('hwlatdetect', () => {
  const header =
    'hwlatdetect:  test duration 60 seconds\n   detector: tracer\n   parameters:\n        Latency threshold: 10us\n        Sample window:     1000000us\n        Sample width:      500000us\n     Non-sampling period:  500000us\n        Output File:       None\n\nStarting test\n'
  const seen = (run: Measurement) => [run.cpus[0]!.maxUs, run.eventCount, run.toolThresholdUs, codes(run)]
  it('without a sample has a maximum below its threshold, which is a result', () => {
    expect(
      seen(
        read(
          `${header}test finished\nMax Latency: Below threshold\nSamples recorded: 0\nSamples exceeding threshold: 0\n`,
        ),
      ),
    ).toEqual([null, 0, 10, []])
    expect(
      seen(
        read(
          `${header}test finished\nMax Latency: 0us\nSamples recorded: 0\nSamples exceeding threshold: 0\n`,
        ),
      ),
    ).toEqual([null, 0, 10, []])
  })

  it('of 2016 lists second.fraction, inner and outer in columns', () => {
    const text =
      'hwlatdetect: test duration 120 seconds\nparameters:\n    Latency threshold: 10us\n    Sample window:    1000000us\n    Sample width:     500000us\n    Non-sampling period: 500000us\n    Output File:      None\n\n\nStarting test\ntest finished\nMax Latency: 11us\nSamples recorded: 2\nSamples exceeding threshold: 3\n1466464193.0724182328  0      11\n1466464211.0725493769  11     0\n'
    const run = read(text)
    expect(seen(run)).toEqual([11, 3, 10, []])
    expect(run.events[0]).toEqual({
      timestamp: '1466464193.0724182328',
      cpu: null,
      innerUs: 0,
      outerUs: 11,
      count: null,
    })
  })

  it('of 2.10 counts grouped samples: more samples above the threshold than lines are no damage', () => {
    const text = `${header}test finished\nMax Latency: 90us\nSamples recorded: 2\nSamples exceeding threshold: 30\nMTBF: 2.000 seconds\nts: 1.000000001, inner:90, outer:11, cpu:1, count:20\nts: 2.000000001, inner:12, outer:13, cpu:0, count:10\n`
    expect(seen(read(text))).toEqual([90, 30, 10, []])
  })

  it('of the main branch prints a delta between the samples', () => {
    const run = read(
      `${header}test finished\nMax Latency: 90us\nSamples recorded: 1\nSamples exceeding threshold: 1\nts: 1.000000001, delta:0.500000, inner:90, outer:11, cpu:1\n`,
    )
    expect([seen(run), run.events[0]!.cpu]).toEqual([[90, 1, 10, []], 1])
  })

  it('in the trace buffer prints inner/outer with a slash', () => {
    const run = read(
      '           <...>-1729  [001] d...   678.473449: #1     inner/outer(us):   11/12    ts:1581527483.343962693 count:6\n',
    )
    expect(run.events).toEqual([
      { timestamp: '1581527483.343962693', cpu: 1, innerUs: 11, outerUs: 12, count: 6 },
    ])
  })

  it('that lists other samples than its summary says is found', () => {
    expect(
      codes(
        read(
          `${header}test finished\nMax Latency: 90us\nSamples recorded: 2\nSamples exceeding threshold: 2\nts: 1.000000001, inner:30, outer:11\n`,
        ),
      ),
    ).toEqual(['doubt contradictory', 'doubt events-differ'])
  })

  it('that was interrupted says so, and one that did not end has no summary', () => {
    expect(
      codes(
        read(
          `${header}interrupted\ntest finished\nMax Latency: Below threshold\nSamples recorded: 0\nSamples exceeding threshold: 0\n`,
        ),
      ),
    ).toEqual(['doubt interrupted'])
    expect(codes(read(header))).toEqual(['doubt truncated'])
  })

  it('without a tracer dies with a traceback and the exit status of a failure: it could not run', () => {
    const run = read(fixture('hwlat-no-tracer.err'), { exitCode: 1 })
    expect([run.tool, run.cpus, codes(run)]).toEqual(['hwlatdetect', [], ['doubt tool-could-not-run']])
  })
})

describe('oslat', () => {
  const table = (rows: string, min: string, max: string) =>
    `oslat V 2.50\n        Core:\t 1\nCounter Freq:\t 2445 (MHz)\n${rows}     Minimum:\t ${min} (us)\n     Average:\t 1.021 (us)\n     Maximum:\t ${max} (us)\n     Max-Min:\t ${Math.round((Number(max) - Number(min)) * 1000) / 1000} (us)\n    Duration:\t 2.000 (sec)\n\n`
  it('labels its first bucket 1 in all versions, while times are cut from 2.5 on: buckets follow the minimum', () => {
    const rows = '    001 (us):\t 100\n    002 (us):\t 5\n    003 (us):\t 0 (including overflows)\n'
    expect(read(table(rows, '1', '2')).cpus[0]!.histogram!.lowerUs(1)).toBe(1)
    expect(read(table(rows, '0', '1')).cpus[0]!.histogram!.lowerUs(1)).toBe(0)
  })

  it('puts overflow into its last bucket, whose values are not known', () => {
    const run = read(table('    001 (us):\t 100\n    002 (us):\t 5 (including overflows)\n', '1', '77'))
    expect([
      run.cpus[0]!.samples,
      run.cpus[0]!.histogram!.overflows,
      percentile(run.cpus[0]!.histogram!, '99'),
    ]).toEqual([105, 5, { us: 2, lowerBound: true }])
  })

  it('whose maximum lies in the last bucket has no overflow', () => {
    const run = read(table('    001 (us):\t 100\n    002 (us):\t 5 (including overflows)\n', '1', '2'))
    expect([run.cpus[0]!.histogram!.overflows, percentile(run.cpus[0]!.histogram!, '99')]).toEqual([
      0,
      { us: 2, lowerBound: false },
    ])
  })

  it('leaves out rows of zeros with -z', () => {
    expect(codes(read(fixture('oslat-zero-omit.out')))).toEqual([])
  })

  it('with buckets of parts of a us (-W) does not print their width: no histogram is guessed', () => {
    const run = read(
      table('    001 (us):\t 100\n    002 (us):\t 5 (including overflows)\n', '0.120', '47.747'),
    )
    expect([run.cpus[0]!.maxUs, run.cpus[0]!.histogram, codes(run)]).toEqual([
      47.747,
      null,
      ['note bucket-width-unknown'],
    ])
  })

  it('writes min and max in ns into JSON when -W is no whole number of us', () => {
    const json = fixture('oslat.json')
      .replace('-c 0-1', '-c 0-1 -W 500')
      .replace(/"max": \d+/g, '"max": 47747')
      .replace(/"min": 1/g, '"min": 120')
    expect(read(json).cpus.map((cpu) => [cpu.minUs, cpu.maxUs])).toEqual([
      [0.12, 47.747],
      [0.12, 47.747],
    ])
  })

  it('stopped by -T prints no table: there is nothing to judge', () => {
    expect(codes(read(fixture('oslat-threshold.out')))).toEqual(['doubt no-samples'])
    expect(codes(read(fixture('oslat-threshold.err')))).toEqual(['doubt limit-broken', 'doubt no-samples'])
    expect(codes(read(fixture('oslat-threshold.out') + fixture('oslat-threshold.err')))).toEqual([
      'doubt limit-broken',
      'doubt no-samples',
    ])
  })

  it('that ended before its time is found', () => {
    expect(
      codes(read(fixture('oslat.out').replaceAll(/Duration:\t .*/g, 'Duration:\t 1.200 1.201 (sec)'))),
    ).toContain('doubt duration-not-reached')
  })
})

describe('rtla', () => {
  const hist = (body: string) =>
    `# RTLA timerlat histogram\n# Time unit is microseconds (us)\n# Duration:   0 00:00:05\n${body}`
  it('of newer kernels has user columns and an ALL: block that repeats the summary', () => {
    const run = read(
      hist(
        'Index   IRQ-000   Thr-000   Usr-000\n1             5         0         0\n2             0         5         0\n3             0         0         5\nover:         0         0         0\ncount:        5         5         5\nmin:          1         2         3\navg:          1         2         3\nmax:          1         2         3\nALL:        IRQ       Thr       Usr\ncount:        5         5         5\nmin:          1         2         3\navg:          1         2         3\nmax:          1         2         3\n',
      ),
    )
    expect([run.cpus.map((cpu) => [cpu.cpu, cpu.context, cpu.samples, cpu.maxUs]), codes(run)]).toEqual([
      [
        [0, 'irq', 5, 1],
        [0, 'thread', 5, 2],
        [0, 'user', 5, 3],
      ],
      [],
    ])
  })

  it('prints the largest unsigned number, or -, as the minimum of a column without samples', () => {
    const text = (nothing: string) =>
      hist(
        `Index   IRQ-000   Thr-000\n1             5         0\nover:         0         0\ncount:        5         0\nmin:          1 ${nothing}\navg:          1         -\nmax:          1         0\n`,
      )
    for (const nothing of ['18446744073709551615', '-']) {
      const run = read(text(nothing))
      expect([numbers(run), codes(run)]).toEqual([
        [
          [5, 1, 1, 1],
          [0, null, null, null],
        ],
        ['doubt no-samples'],
      ])
    }
  })

  it('with OSNOISE_WORKLOAD left off measures nothing and says count 0', () => {
    const run = read(
      'Index\nover:\ncount:\nmin:\navg:\nmax:\nALL:        IRQ       Thr       Usr\ncount:        0         0         0\nmin:          -         -         -\navg:          -         -         -\nmax:          -         -         -\n',
    )
    expect([run.cpus, codes(run)]).toEqual([[], ['doubt no-samples']])
  })

  it('exits 0 on "hit stop tracing": the run ended early', () => {
    expect(
      codes(
        read(
          hist(
            'Index   IRQ-000\n54            1\nover:         0\ncount:        1\nmin:         54\navg:         54\nmax:         54\nrtla timerlat hit stop tracing\n',
          ),
        ),
      ),
    ).toEqual(['doubt limit-broken'])
  })

  it('that lost events says so', () => {
    expect(
      codes(
        read(
          hist(
            'Index   IRQ-000\n54            1\nover:         0\ncount:        1\nmin:         54\navg:         54\nmax:         54\n12 (0.10%) events missed, results might not be accurate\n',
          ),
        ),
      ),
    ).toEqual(['doubt missed-events'])
  })

  it('without its summary is cut or was told to leave it out', () => {
    expect(codes(read(hist('Index   IRQ-000\n54            1\n')))).toEqual(['doubt truncated'])
  })

  it('prints 18446744073709551615 in top for a context without samples', () => {
    const run = read(
      '                                     Timer Latency\n  0 00:00:05   |          IRQ Timer Latency (us)        |         Thread Timer Latency (us)\nCPU COUNT      |      cur       min       avg       max |      cur       min       avg       max\n  0 #10        |        1         1         1         1 |        - 18446744073709551615         -         -\n',
    )
    expect([numbers(run), codes(run)]).toEqual([
      [
        [10, 1, 1, 1],
        [0, null, null, null],
      ],
      ['doubt no-samples'],
    ])
  })
})

describe('A file that is no tool’s output', () => {
  const refused = (text: string) => {
    try {
      read(text)
      return 'read'
    } catch (error) {
      return error instanceof InputError ? [error.code, error.exitCode] : String(error)
    }
  }
  it('is refused by name', () => {
    expect(refused('')).toEqual(['empty-file', 2])
    expect(refused('\n  \r\n')).toEqual(['empty-file', 2])
    expect(refused('a b c\n1 2 3\n')).toEqual(['not-a-latency-file', 2])
    expect(refused('{"a": 1, "thread": 3}')).toEqual(['not-a-latency-file', 2])
    expect(refused('Traceback (most recent call last):\n  File "x.py", line 1\nKeyError: 1\n')).toEqual([
      'not-a-latency-file',
      2,
    ])
    expect(refused('\x7fELF\0\0\0\x01\x02{\n')).toEqual(['not-a-latency-file', 2])
  })
})

describe('Two runs in one file', () => {
  it('are two measurements', () => {
    const { measurements } = parseLatency(
      Buffer.from(
        fixture('ct-hist.out') +
          fixture('oslat.out') +
          fixture('ct-hist-sum.out') +
          fixture('ct-overflow.out'),
      ),
    )
    expect(measurements.map((run) => [run.tool, run.cpus[0]!.maxUs])).toEqual([
      ['cyclictest', 286],
      ['oslat', 511869],
      ['cyclictest', 200],
      ['cyclictest', 212],
    ])
  })
})
