import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findReporter } from '../../../src/core/report/reporters.ts'
import { failingRun, hostileRun, wideRun } from './made-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'quietcore-page-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const LIMIT_MS = 170_000
const FLAGS =
  '--headless --no-sandbox --disable-dev-shm-usage --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

/** What Chromium makes of a page: its width beside the window's, and whether a script of the page's own ran. */
function look(page: string, width: number): string {
  const probe = `<script>document.title=[document.documentElement.scrollWidth<=innerWidth?'fits':'too wide',document.querySelectorAll('svg path').length>0?'charts':'no charts'].join(', ')</script>`
  // the page forbids all scripts; only the probe's copy of it may run one
  const probed = page
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
    .replace('</html>', `${probe}</html>`)
  const file = join(folder, `${width}.html`)
  writeFileSync(file, probed)
  return /<title>([^<]*)<\/title>/.exec(domOf(file, width))?.[1] ?? 'no title'
}

/** The page as Chromium has it at last. One that hangs, as a busy machine lets it now and then, is tried once more. */
function domOf(file: string, width: number): string {
  try {
    return dumpDom(file, width)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ETIMEDOUT') throw error
    return dumpDom(file, width)
  }
}

/** With a user's folder of its own: what an earlier Chromium left there, or still writes, is not waited for. */
function dumpDom(file: string, width: number): string {
  return execFileSync(
    'chromium',
    [
      ...FLAGS.split(' '),
      `--user-data-dir=${mkdtempSync(join(folder, 'data-'))}`,
      `--window-size=${width},900`,
      '--dump-dom',
      `file://${file}`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: LIMIT_MS },
  )
}

describe('in Chromium', () => {
  // 500 is the narrowest window that headless Chromium opens
  it.each([
    ['four CPUs', failingRun, 500],
    ['four CPUs', failingRun, 1280],
    ['64 CPUs', wideRun, 500],
    ['hostile names, whose scripts do not run,', hostileRun, 500],
  ])('the page of %s fits its window (%#)', { timeout: 3 * LIMIT_MS }, (_, run, width) => {
    expect(look(findReporter('html').render(run()), width)).toBe('fits, charts')
  })
})
