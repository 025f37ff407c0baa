import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Measurement } from '../../../src/core/latency/measurement.ts'
import { parseLatency } from '../../../src/core/latency/parser.ts'
import { FIXTURES, filesUnder, SHARED, SHARED_IS_HERE } from './shared.ts'

type Decorate = (line: string, number: number) => string
const clock = (n: number) =>
  `20:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`

/** What people's logs do to a tool's lines. */
const DECORATIONS: Readonly<Record<string, Decorate>> = {
  'with CRLF': (line) => `${line}\r`,
  'with tabs turned to spaces': (line) => line.replaceAll('\t', ' '),
  'indented by four blanks': (line) => `    ${line}`,
  'with trailing blanks': (line) => `${line}   `,
  'in colour': (line) => `\x1b[32m${line}\x1b[0m`,
  'with klog prefixes': (line, n) => `I1122 ${clock(n)}.603523       1 main.go:53] ${line}`,
  'with dmesg prefixes': (line, n) => `[${String(n).padStart(5)}.123456] ${line}`,
  'with syslog prefixes': (line, n) => `Nov 22 ${clock(n)} node-7 cyclictest[4711]: ${line}`,
  'with journalctl -o short-iso prefixes': (line, n) =>
    `2026-11-22T${clock(n)}+0000 node-7 podman[99]: ${line}`,
  'with kubectl logs --timestamps': (line, n) => `2026-11-22T${clock(n)}.123456789Z ${line}`,
  'with CRI log prefixes': (line, n) => `2026-11-22T${clock(n)}.123456789+01:00 stdout F ${line}`,
  'with kubectl logs --prefix': (line) => `[pod/cyclictest-x7k2p/rt-tests] ${line}`,
  'with the time of day': (line, n) => `[${clock(n)}] ${line}`,
  'with ts (moreutils)': (line, n) => `Nov 22 ${clock(n)} ${line}`,
  'with docker compose prefixes': (line) => `rt-tests-1  | ${line}`,
  'quoted in a mail': (line) => `> ${line}`,
  'with a prefix that is not known': (line, n) => `<<node=7 seq=${n}>> ${line}`,
  'with kernel messages between': (line, n) =>
    n % 5 === 4 ? `${line}\n[  812.${100000 + n}] usb 1-1: new high-speed USB device number 4` : line,
}

const files = filesUnder(
  FIXTURES,
  ...(SHARED_IS_HERE ? [join(SHARED, 'samples'), join(SHARED, 'corpus')] : []),
).filter(
  (file) =>
    !/osnoisecfg|timerlat_trace|rt-break\.err|v0\.85-[hHqb]1?\.err|v1\.5-b\.err|konchalas|IMX8P_cyclic_baseline_default\.hist/.test(
      file,
    ),
)
const name = (file: string) => relative(file.startsWith(FIXTURES) ? FIXTURES : SHARED, file)
const numbers = (runs: readonly Measurement[]) =>
  JSON.stringify(
    runs.map((run) => [
      run.tool,
      run.cpus,
      run.events,
      run.durationS,
      run.wantedDurationS,
      run.findings.filter((finding) => !finding.trust).map((finding) => finding.code),
    ]),
  )

describe.each(Object.entries(DECORATIONS))('A log %s', (kind, decorate) => {
  // this excerpt has a prefix of its own on its first line only, so no other prefix can be learned from it
  const read = files.filter((file) => !(kind.includes('not known') && file.includes('ocp-docs')))
  it.each(read.map((file) => [name(file), file] as const))('%s reads as the plain one', (_, file) => {
    const plain = readFileSync(file, 'utf8')
    const ends = plain.endsWith('\n')
    const lines = plain.slice(0, ends ? -1 : undefined).split('\n')
    const decorated = lines.map(decorate).join('\n') + (ends ? '\n' : '')
    expect(numbers(parseLatency(Buffer.from(decorated)).measurements)).toBe(
      numbers(parseLatency(Buffer.from(plain)).measurements),
    )
  })
})
