import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { crossCheck } from '../../../src/core/latency/cross-check.ts'
import { awk, FIXTURES, filesUnder, parseFile, SHARED, SHARED_IS_HERE, SHARED_MISSING } from './shared.ts'

// The expectations come from awk, grep and python, never from the parser.
const files = filesUnder(
  FIXTURES,
  ...(SHARED_IS_HERE ? [join(SHARED, 'samples'), join(SHARED, 'corpus')] : []),
)
const name = (file: string) => relative(file.startsWith(FIXTURES) ? FIXTURES : SHARED, file)
const having = (pattern: string, also: RegExp = /./) =>
  files.filter((file) => also.test(file) && new RegExp(pattern, 'm').test(readFileSync(file, 'latin1')))
const table = (list: string[]) => list.map((file) => [name(file), file] as const)

describe.skipIf(!SHARED_IS_HERE)(`The outputs of other machines${SHARED_MISSING}`, () => {
  it('are all here', () => {
    expect(files.length).toBeGreaterThan(120)
  })
})

describe('A cyclictest histogram', () => {
  it.each(table(having('^# Histogram$', /(?<!stdout-json)\.(out|log|hist)$/)))(
    '%s has the column sums, minima and maxima that awk finds',
    (_, file) => {
      const [run] = parseFile(file)
      const threads = awk('/^# Min Latencies/ {print NF-3}', file)[0]![0]!
      const sums =
        awk(
          '/^[0-9]/ {for (i=2;i<=NF;i++) s[i]+=$i; if (NF>n) n=NF} END {for (i=2;i<=n;i++) printf "%d ", s[i]}',
          file,
        )[0] ?? []
      const footer = (label: string) =>
        awk(`/^# ${label}:/ {sub(/.*: ?/, ""); print}`, file)[0]!.slice(0, threads)
      const overflows = footer('Histogram Overflows')
      expect(run!.cpus.map((cpu) => cpu.histogram!.counted)).toEqual(
        Array.from({ length: threads }, (_, i) => sums[i] ?? 0),
      )
      expect(run!.cpus.map((cpu) => cpu.histogram!.overflows)).toEqual(overflows)
      expect(run!.cpus.map((cpu) => cpu.samples)).toEqual(overflows.map((count, i) => count + (sums[i] ?? 0)))
      expect(run!.cpus.map((cpu) => cpu.minUs)).toEqual(footer('Min Latencies'))
      expect(run!.cpus.map((cpu) => cpu.meanUs)).toEqual(footer('Avg Latencies'))
      expect(run!.cpus.map((cpu) => cpu.maxUs)).toEqual(footer('Max Latencies'))
      expect(run!.findings.filter((finding) => !finding.trust)).toEqual([])
    },
  )
})

describe('cyclictest and signaltest summary lines', () => {
  it.each(table(having('^T: *\\d+ \\( *\\d+\\)', /\.out$/)))(
    '%s gives the last line of each thread',
    (_, file) => {
      const program =
        '/^T: *[0-9]+ \\(/ {gsub(/[A-Za-z]+:|[()]/," "); t[$1]=$0; if ($1>n) n=$1} END {for (i=0;i<=n;i++) print t[i]}'
      const lines = awk(program, file)
      const [run] = parseFile(file)
      const ns = file.includes('nanoseconds') ? 1000 : 1
      // from the end: Max, Avg, Act, Min, C
      expect(run!.cpus.map((cpu) => [cpu.samples, cpu.minUs, cpu.meanUs, cpu.maxUs])).toEqual(
        lines.map((line) => {
          const [cycles, min, , avg, max] = line.slice(-5)
          return cycles === 0 ? [0, null, null, null] : [cycles, min! / ns, avg! / ns, max! / ns]
        }),
      )
    },
  )
})

describe('JSON of rt-tests', () => {
  it.each(table(having('"thread"', /\.json$/)))(
    '%s gives what python reads (after mending quotes and -nan)',
    (_, file) => {
      const code = `
import json,re,sys
text=open(sys.argv[1]).read()
text=re.sub(r'("cmdline:": ")(.*)(",)$', lambda m: m[1]+m[2].replace('"',"'")+m[3], text, flags=re.M)
d=json.loads(text.replace('-nan','null'))
out=[]
for k in sorted(d['thread'],key=int):
  t=d['thread'][k]; r=t.get('receiver',t); n=t.get('cycles',t.get('sender',{}).get('samples'))
  h=t.get('histogram'); hs=sum(h.values()) if h else None
  if 'freq' in t: n=hs
  u=1000 if d.get('resolution_in_ns') else 1
  f=lambda x: None if n==0 or x is None else x/u
  out.append([None if r['cpu']<0 else r['cpu'], n, f(r['min']), f(r['avg']), f(r['max']), None if not h else hs-(max(0,h[list(h)[-1]]) if 'freq' in t else 0)])
print(json.dumps(out))`
      const wanted = JSON.parse(execFileSync('python3', ['-c', code, file], { encoding: 'utf8' }))
      const [run] = parseFile(file)
      expect(
        run!.cpus.map((cpu) => [
          cpu.cpu,
          cpu.samples,
          cpu.minUs,
          cpu.meanUs === null ? null : Number(cpu.meanUs.toFixed(5)),
          cpu.maxUs,
          cpu.histogram?.counted ?? null,
        ]),
      ).toEqual(
        wanted.map((row: (number | null)[]) =>
          row.map((value, i) => (i === 3 && value !== null ? Number(value.toFixed(5)) : value)),
        ),
      )
    },
  )

  it.each(
    table(
      files.filter((file) =>
        /(ct-hist|ct-json|ct-rt-json|oslat|IMX8P_cyclic_baseline_default)\.(json)$/.test(file),
      ),
    ).filter(([, file]) => !/host.oslat.json/.test(file)),
  )('%s agrees with the text of the same run', (_, file) => {
    const other = files.find(
      (text) => text !== file && text.replace(/\.(out|hist)$/, '') === file.replace(/\.json$/, ''),
    )
    const text = parseFile(other!)[0]!
    expect(crossCheck(text, parseFile(file)[0]!)).toEqual([])
  })
})

describe('oslat as text', () => {
  it.each(table(having('^ +Duration:', /\.out$/)))(
    '%s has the column sums that awk finds, and the footer',
    (_, file) => {
      const sums = awk(
        '/\\(us\\):\\t/ {sub(/ \\(including overflows\\)/,""); for (i=3;i<=NF;i++) s[i]+=$i; n=NF} END {for (i=3;i<=n;i++) printf "%d ", s[i]}',
        file,
      )[0]!
      const field = (label: string) => awk(`/^ +${label}:/ {sub(/.*:/,""); sub(/\\(.*/,""); print}`, file)[0]
      const [run] = parseFile(file)
      expect(run!.cpus.map((cpu) => cpu.samples)).toEqual(sums)
      expect([
        run!.cpus.map((cpu) => cpu.cpu),
        run!.cpus.map((cpu) => cpu.minUs),
        run!.cpus.map((cpu) => cpu.maxUs),
        run!.cpus.map((cpu) => cpu.meanUs),
      ]).toEqual([field('Core'), field('Minimum'), field('Maximum'), field('Average')])
      expect(run!.durationS).toBe(Math.min(...field('Duration')!))
      expect(run!.findings.filter((finding) => !finding.trust)).toEqual([])
    },
  )
})

// Nothing in the repository is of the next two, and vitest takes a suite without tests for a failure.
describe.skipIf(!SHARED_IS_HERE)(`rtla${SHARED_MISSING}`, () => {
  it.each(table(having('^Index +[A-Z]', /\.out$/)))(
    '%s has the sums, counts, minima and maxima that awk finds',
    (_, file) => {
      const row = (label: string) => awk(`/^${label}:/ {sub(/.*:/,""); print}`, file)[0]!
      const sums = awk(
        '/^Index/ {n=NF} /^[0-9]/ {for (i=2;i<=NF;i++) s[i]+=$i} END {for (i=2;i<=n;i++) printf "%d ", s[i]}',
        file,
      )[0]!
      const [run] = parseFile(file)
      expect(run!.cpus.map((cpu) => cpu.histogram!.counted)).toEqual(sums)
      expect(run!.cpus.map((cpu) => cpu.histogram!.overflows)).toEqual(row('over'))
      expect([
        run!.cpus.map((cpu) => cpu.samples),
        run!.cpus.map((cpu) => cpu.minUs),
        run!.cpus.map((cpu) => cpu.meanUs),
        run!.cpus.map((cpu) => cpu.maxUs),
      ]).toEqual([row('count'), row('min'), row('avg'), row('max')])
    },
  )

  it.each(table(having('CPU COUNT', /top.*\.(out|txt)$/)))(
    '%s gives the last state of each CPU',
    (_, file) => {
      const program =
        'BEGIN {ORS=""} {gsub(/\\033\\[[0-9;]*m|\\033c/,"")} /^ *[0-9]+ #/ {gsub(/[#|]/," "); l[$1]=$0} END {for (c=0;c<64;c++) if (c in l) print l[c] "\\n"}'
      const unit = /\(ns\)/.test(readFileSync(file, 'latin1')) ? 1000 : 1
      const [run] = parseFile(file)
      expect(run!.cpus.map((cpu) => [cpu.cpu, cpu.samples, cpu.minUs, cpu.meanUs, cpu.maxUs])).toEqual(
        awk(program, file).flatMap(([cpu, count, , min, avg, max, , min2, avg2, max2]) => [
          [cpu, count, min! / unit, avg! / unit, max! / unit],
          [cpu, count, min2! / unit, avg2! / unit, max2! / unit],
        ]),
      )
    },
  )
})

describe.skipIf(!SHARED_IS_HERE)(`hwlatdetect${SHARED_MISSING}`, () => {
  it.each(table(having('ts: \\d+\\.\\d+,', /(hwlat).*\.(out|txt)$/)))(
    '%s has the samples that awk finds',
    (_, file) => {
      const wanted = awk('/ts: / {gsub(/[a-z]+:|,/," "); print}', file)
      const [run] = parseFile(file)
      expect(run!.events.map((event) => [Number(event.timestamp), event.innerUs, event.outerUs])).toEqual(
        wanted.map((row) => row.slice(0, 3)),
      )
      expect(run!.cpus[0]!.maxUs).toBe(Math.max(...wanted.flatMap((row) => row.slice(1, 3))))
      expect(run!.eventCount).toBe(wanted.reduce((sum, row) => sum + (row[4] ?? 1), 0))
    },
  )
})
