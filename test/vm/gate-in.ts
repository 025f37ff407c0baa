import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { Link } from '../../src/core/gate/link.ts'
import { makeHost } from '../support/host-machine.ts'
import { HOST_ALIAS } from './driver/ssh.ts'
import type { Vm } from './driver/vm.ts'
import { putText } from './install-quietcore.ts'
import { nothingMeasures } from './quietcore-in.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/quietcore.js', import.meta.url))
/** One wake-up a second, as emulated CPUs are late by much; the profile's own limits judge it. */
const SUITE = `[suite]
title = Wake-ups, a few seconds
cpus = isolated

[step wakeups]
tool = cyclictest
duration = 5s
interval = 1s
`

/**
 * Looks at a tuned machine as the guest of a host, by a real ssh: a new run, then the same one kept. The host is a made
 * one, because this machine must not be measured: its own links stay undecided.
 */
export async function expectGate(vm: Vm, profile: string): Promise<void> {
  await nothingMeasures(vm)
  await putText(vm, '/etc/quietcore/suites.d', 'wakeups.conf', SUITE)
  const files = { '/etc/quietcore/suites.d/wakeups.conf': SUITE }
  const host = makeHost(mkdtempSync(join(tmpdir(), 'quietcore-host-')), { files })
  try {
    const made = await gate(vm, host, '--new')
    expect(made.guest('guest-tuning')).toMatchObject({
      state: 'pass',
      evidence: [
        expect.stringMatching(new RegExp(`^${profile}: (\\d+ this machine does not have, )?\\d+ as wanted`)),
      ],
    })
    // no emulated CPU wakes up within 20 us
    expect(made.guest('guest-validation').state).toBe('fail')
    const [beside] = made.record.sideBySide
    expect(beside).toMatchObject({
      guest: 'vm',
      hostRun: null,
      visible: 'unknown',
      clock: { aheadMs: expect.any(Number), withinMs: expect.any(Number) },
    })
    expect(beside.guestWorst.cpu).toBeOneOf([2, 3])
    const kept = await gate(vm, host)
    expect(kept.guest('guest-validation').state).toBe('fail')
    expect(kept.guest('guest-validation').evidence.at(-1)).toContain(`run ${beside.guestRun}, `)
    for (const { exitCode, record } of [made, kept])
      expect([exitCode, record.verdict.result]).toEqual([1, 'fail'])
  } finally {
    rmSync(host, { recursive: true })
    await vm.output(['rm', '/etc/quietcore/suites.d/wakeups.conf'])
  }
}

async function gate(vm: Vm, host: string, ...args: string[]) {
  const { port, keyFile, knownHostsFile } = vm.target
  const ssh = [
    `IdentityFile=${keyFile}`,
    `UserKnownHostsFile=${knownHostsFile}`,
    `HostKeyAlias=${HOST_ALIAS}`,
  ]
  const argv = [
    ...['gate', '--json', '--root', host, '--suite', 'wakeups', '--guest', `vm=ssh:root@127.0.0.1:${port}`],
    ...ssh.flatMap((option) => ['--ssh-option', option]),
    ...['nova-conf', 'flavors', 'domains'].flatMap((link) => ['--skip', link]),
    ...args,
  ]
  const { exitCode, stdout, stderr } = await execa(process.execPath, [PROGRAM, ...argv], { reject: false })
  console.log(`gate ${args.join(' ')}: exit ${exitCode}\n${stdout}${stderr}`)
  const record = JSON.parse(stdout)
  const guest = (kind: Link['kind']): Link => record.links.find((link: Link) => link.kind === kind)
  return { exitCode, record, guest }
}
