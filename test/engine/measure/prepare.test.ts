import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mayUseRealtime, requirePrivilege } from '../../../src/engine/measure/privilege.ts'
import { probeTool, readVersion } from '../../../src/engine/measure/probe.ts'
import { openSuites } from '../../../src/engine/measure/suite-library.ts'
import { findTool } from '../../../src/engine/measure/tools.ts'
import { prepareTracing } from '../../../src/engine/measure/tracing/prepare.ts'
import { openRoot } from '../../../src/host/root.ts'
import { openRunner } from '../../../src/host/runner.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-prepare-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function lay(path: string, content: string) {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), content)
}

test.each([
  ['cyclictest', 'rt-tests', 'realtime-tests'],
  ['rtla-timerlat', 'rtla', 'rtla'],
])('a machine without %s hears which package has it', async (name, debian, rhel) => {
  const tool = findTool(name)
  await expect(probeTool(tool, openRunner(openRoot(dir)))).rejects.toMatchObject({
    exitCode: 3,
    code: 'no-such-program',
    message: `${name} cannot run: the program '${tool.program}' is not installed`,
    next: `Install it: 'apt install ${debian}' (Debian, Ubuntu) or 'dnf install ${rhel}' (RHEL, Fedora).`,
  })
})

test.each([
  ['cyclictest V 2.40\nUsage:', '2.40'],
  ['oslat V 2.70', '2.70'],
  ['rtla version 6.1', '6.1'],
  ['rtla version 6.12.0-rc1', '6.12.0'],
  ['usage: hwlatdetect [-h]', null],
])('the version in %j is %s', (text, version) => {
  expect(readVersion(text)).toBe(version)
})

const LIMITS = 'Limit                     Soft Limit           Hard Limit           Units     \n'
test.each([
  ['root', '000001ffffffffff', '0', true],
  ['CAP_SYS_NICE alone', '0000000000800000', '0', true],
  ['a limit that is high enough', '0', '95', true],
  ['no limit at all', '0', 'unlimited', true],
  ['a limit that is too low', '0', '94', false],
])('priority 95 with %s: %s', (_who, caps, rtprio, allowed) => {
  const limits = `${LIMITS}Max realtime priority     ${rtprio}                    ${rtprio}                    \n`
  expect(mayUseRealtime(`Name:\tnode\nCapEff:\t${caps}\n`, limits, 95)).toBe(allowed)
})

test('a user without privilege is refused before a tool starts', () => {
  lay('proc/self/status', 'Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000000000\n')
  lay('proc/self/limits', `${LIMITS}Max realtime priority     0                    0                    \n`)
  for (const name of ['cyclictest', 'hwlatdetect']) {
    expect(() => requirePrivilege(findTool(name), 95, openRoot(dir))).toThrow(
      expect.objectContaining({ exitCode: 3, code: 'no-privilege' }),
    )
  }
})

test('a kernel without the tracer is named with those that it has, before the tool starts', async () => {
  lay('sys/kernel/tracing/tracing_on', '1\n')
  lay('sys/kernel/tracing/available_tracers', 'blk function nop\n')
  const root = openRoot(dir)
  await expect(prepareTracing(findTool('rtla-osnoise'), root, openRunner(root))).rejects.toMatchObject({
    exitCode: 3,
    code: 'no-tracer',
    message: "rtla-osnoise needs the kernel's osnoise tracer, but this kernel only has: blk, function, nop",
    place: { file: '/sys/kernel/tracing/available_tracers' },
  })
})

test('a machine without tracefs says how to mount it', async () => {
  const root = openRoot(dir)
  await expect(prepareTracing(findTool('hwlatdetect'), root, openRunner(root))).rejects.toMatchObject({
    exitCode: 3,
    code: 'no-tracefs',
  })
})

const CONF = '[suite]\ncpus = 1\n[step a]\ntool = oslat\nduration = 1s\n'

test('the administrator’s suite comes before one of the same name that is shipped', () => {
  lay('usr/lib/quietcore/suites/smoke.conf', CONF)
  lay('usr/lib/quietcore/suites/quick.conf', CONF)
  lay('etc/quietcore/suites.d/smoke.conf', CONF)
  const suites = openSuites(openRoot(dir), '/nowhere')
  expect([suites.names(), suites.load('smoke').path, suites.load('quick').path]).toEqual([
    ['quick', 'smoke'],
    '/etc/quietcore/suites.d/smoke.conf',
    '/usr/lib/quietcore/suites/quick.conf',
  ])
})

test('an unknown suite is named with those there are', () => {
  lay('etc/quietcore/suites.d/night.conf', CONF)
  expect(() => openSuites(openRoot(dir), '/nowhere').load('nihgt')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      code: 'unknown-suite',
      next: 'Choose one of night, give the path of a suite file, or write /etc/quietcore/suites.d/nihgt.conf.',
    }),
  )
})

test('every shipped suite can be read', () => {
  const suites = openSuites(openRoot(dir))
  expect(suites.names()).toEqual(['acceptance', 'quick', 'smoke', 'talk'])
  for (const name of suites.names()) expect(suites.load(name).name).toBe(name)
})
