import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { crossCheck } from '../../../src/core/latency/cross-check.ts'
import { parseLatency } from '../../../src/core/latency/parser.ts'

const folder = mkdtempSync(join(tmpdir(), 'quietcore-latency-'))
afterAll(() => rmSync(folder, { recursive: true }))
const missing = (tool: string) => spawnSync(tool, ['--help']).error !== undefined
/** Real-time priority needs privilege; the formats are the same without. */
const mayBeRealTime = process.getuid?.() === 0

function run(tool: string, args: string[]) {
  const json = join(folder, `${tool}.json`)
  const argv = [tool, ...args, `--json=${json}`]
  const out = execFileSync(tool, argv.slice(1))
  const read = (bytes: Uint8Array) => parseLatency(bytes, { argv, exitCode: 0 }).measurements
  return { text: read(out), json: read(readFileSync(json)) }
}
const damage = /truncated|damaged|differ|outside|contradict|missing-/

describe.skipIf(missing('cyclictest') || !mayBeRealTime)(
  'cyclictest on this machine (skipped without rt-tests or root)',
  () => {
    it('prints a histogram and JSON of one run that agree in every number', () => {
      const { text, json } = run('cyclictest', ['-q', '-p', '1', '-t', '2', '-D', '1', '-h', '200'])
      expect([text.length, json.length, text[0]!.cpus.length]).toEqual([1, 1, 2])
      expect(crossCheck(text[0]!, json[0]!)).toEqual([])
      expect(
        [...text[0]!.findings, ...json[0]!.findings].filter((finding) => damage.test(finding.code)),
      ).toEqual([])
      expect(json[0]!.wantedDurationS).toBe(1)
      expect(json[0]!.cpus[0]!.samples).toBeGreaterThan(0)
    })

    it('prints summary lines and JSON of one run that agree', () => {
      const { text, json } = run('cyclictest', ['-q', '-p', '1', '-t', '2', '-l', '300'])
      expect(crossCheck(text[0]!, json[0]!)).toEqual([])
      expect(json[0]!.cpus.map((cpu) => cpu.samples)[0]).toBe(300)
    })
  },
)

describe.skipIf(missing('oslat'))('oslat on this machine (skipped without rt-tests)', () => {
  it('prints a table and JSON of one run that agree in every number', () => {
    const { text, json } = run('oslat', ['-D', '1', '-c', '0'])
    expect(crossCheck(text[0]!, json[0]!)).toEqual([])
    expect(
      [...text[0]!.findings, ...json[0]!.findings].filter((finding) => damage.test(finding.code)),
    ).toEqual([])
    expect([text[0]!.wantedDurationS, json[0]!.wantedDurationS, text[0]!.cpus[0]!.cpu]).toEqual([1, 1, 0])
  })
})

describe.skipIf(missing('hwlatdetect'))('hwlatdetect on this machine (skipped without rt-tests)', () => {
  it('measures, or is known as a tool that could not run', () => {
    const { stdout, stderr, status } = spawnSync('hwlatdetect', ['--duration=1', '--threshold=1000'])
    const [measured] = parseLatency(Buffer.concat([stdout, stderr]), { exitCode: status ?? 1 }).measurements
    const couldNot = measured!.findings.some((finding) => finding.code === 'tool-could-not-run')
    expect([measured!.tool, couldNot || measured!.wantedDurationS === 1]).toEqual(['hwlatdetect', true])
  })
})
