import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuiltCli, buildCli } from '../support/built-cli.ts'

/** Six wake-ups on one CPU, one of them beyond the histogram: the layout of rt-tests 2.4. */
const TEXT = `# /dev/cpu_dma_latency set to 0us
# Histogram
000000 000000
000001 000002
000002 000003
# Total: 000000005
# Min Latencies: 00001
# Avg Latencies: 00002
# Max Latencies: 00009
# Histogram Overflows: 00001
# Histogram Overflow at cycle number:
# Thread 0: 00004

`
const OSLAT = `oslat V 2.40
        Core:\t 1
Counter Freq:\t 2597 (Mhz)
    001 (us):\t 84358412
    002 (us):\t 61
    003 (us):\t 0
    004 (us):\t 0 (including overflows)
     Minimum:\t 1 (us)
     Average:\t 1.001 (us)
     Maximum:\t 2 (us)
     Max-Min:\t 1 (us)
    Duration:\t 1.999 (sec)

`

let cli: BuiltCli
let dir: string
beforeAll(async () => {
  cli = await buildCli()
  dir = mkdtempSync(join(tmpdir(), 'quietcore-report-'))
})
afterAll(() => {
  cli.remove()
  rmSync(dir, { recursive: true, force: true })
})

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(dir, name), content)
  return join(dir, name)
}

test('--format json is the whole contract: what cannot be known is null, never 0', () => {
  const answer = cli.run(['report', file('ct.out', TEXT), '--format', 'json'])
  const record = JSON.parse(answer.stdout)
  const percentiles = {
    '50': null,
    '90': null,
    '99': null,
    '99.9': null,
    '99.99': null,
    '99.999': null,
    '99.9999': null,
  }
  const cpu = {
    samples: 6,
    minUs: 1,
    meanUs: 2,
    maxUs: 9,
    overflows: 1,
    percentilesUs: { ...percentiles, '50': 2 },
  }
  expect(answer.code).toBe(0)
  expect({
    tool: record.tool,
    toolVersion: record.toolVersion,
    argv: record.argv,
    cpus: record.cpus,
    all: record.all,
    findings: record.findings,
    result: record.verdict.result,
    context: record.context,
  }).toEqual({
    tool: 'cyclictest',
    toolVersion: null,
    argv: null,
    cpus: [{ cpu: null, thread: 0, context: null, ...cpu }],
    all: { cpu: null, thread: null, context: null, ...cpu },
    findings: [],
    result: 'undecided',
    context: null,
  })
})

test.each([
  ['cyclictest.max=<20us', 0],
  ['cyclictest.max=<=9us', 0],
  ['cyclictest.p99.999=<20us', 4],
  ['oslat.max=<20us', 4],
  ['cyclictest.max=<9us', 1],
  ['cyclictest.over(5us)=<1', 1],
])('with the threshold %s it exits %i as the verdict', (threshold, code) => {
  expect(cli.run(['report', file('ct.out', TEXT), '--threshold', threshold]).code).toBe(code)
})

test('a whole run that meets its limit passes, and a limit that is broken fails', () => {
  const whole = file('oslat.out', OSLAT)
  expect(cli.run(['report', whole, '--threshold', 'oslat.max=<20us']).code).toBe(0)
  expect(cli.run(['report', whole, '--threshold', 'oslat.max=<2us']).code).toBe(1)
})

test.each([
  ['a run without a sample', TEXT.replace(/\d+(?=\n)/g, '00000').replace('Thread 0: 00004', 'Thread 0:'), 4],
  ['a file that was cut', TEXT.slice(0, 80), 4],
  ['rows that contradict the footer', TEXT.replace('000002 000003', '000002 000004'), 4],
  ['an empty file', '', 2],
  ['some other text', 'hello\nworld\n', 2],
  ['a binary file', new Uint8Array(4096).map((_, i) => (i * 37) % 256), 2],
])('%s', (_name, content, code) => {
  expect(cli.run(['report', file('given', content)]).code).toBe(code)
})

test('standard input is read too, and a hint of the duration shows a run that was cut short', () => {
  const plain = cli.run(['report', '-', '--json'], OSLAT)
  expect([plain.code, JSON.parse(plain.stdout).id]).toEqual([0, 'standard input'])
  const hinted = cli.run(['report', '-', '--json', '--duration', '12h'], OSLAT)
  expect([hinted.code, JSON.parse(hinted.stdout).measurements[0].wantedDurationS]).toEqual([4, 43_200])
})

test('several files are listed each', () => {
  const answer = cli.run(['report', file('ct.out', TEXT), file('oslat.out', OSLAT), '--json'])
  const { id, measurements } = JSON.parse(answer.stdout)
  expect([answer.code, id, measurements.map(({ tool }: { tool: string }) => tool)]).toEqual([
    0,
    'ct.out, oslat.out',
    ['cyclictest', 'oslat'],
  ])
})

test('a file that is not there, and a run that is not there, are named', () => {
  expect(cli.run(['report', join(dir, 'none')])).toEqual({
    code: 2,
    stdout: '',
    stderr: `quietcore: ${join(dir, 'none')}: there is no such file\n  Give the file that a tool wrote, the name of a run (\`quietcore history\`), or - for standard input.\n`,
  })
  expect(cli.run(['report', 'latest', '--root', dir])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      "quietcore: there is no run 'latest' in /var/lib/quietcore/runs\n  Make one: `quietcore validate smoke`.\n",
  })
})

test('--output writes the report whole and says where', () => {
  const target = join(dir, 'report.html')
  const answer = cli.run(['report', file('oslat.out', OSLAT), '--format', 'html', '--output', target])
  expect(answer).toEqual({ code: 0, stdout: '', stderr: `The report is in ${target}.\n` })
  expect(readFileSync(target, 'utf8')).toMatch(/^<!doctype html>/i)
})

test('a kept run is read by its folder, and one that another version wrote is refused', () => {
  const folder = join(dir, '20261122T204347Z-smoke')
  mkdirSync(folder)
  const made = cli.run(['report', file('oslat.out', OSLAT), '--json', '--threshold', 'oslat.max=<20us'])
  writeFileSync(join(folder, 'run.json'), made.stdout)
  expect(cli.run(['report', folder, '--json']).stdout).toBe(made.stdout)
  expect(cli.run(['report', folder, '--threshold', 'oslat.max=<2us']).code).toBe(1)
  writeFileSync(join(folder, 'run.json'), '{"schemaVersion": 99}')
  expect(cli.run(['report', folder]).code).toBe(2)
})
