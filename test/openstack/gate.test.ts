import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fitBut } from '../support/domains.ts'
import { makeHost } from '../support/host-machine.ts'
import { type Cloud, openstack, quietcore, startCloud } from './cloud.ts'

let cloud: Cloud
let root: string
beforeAll(async () => {
  cloud = await startCloud()
  root = mkdtempSync(join(tmpdir(), 'quietcore-gate-'))
  makeHost(root, { cpus: 8, isolated: '4-7', nohzFull: '4-7' })
  mkdirSync(join(root, 'etc/nova'), { recursive: true })
})
afterAll(() => {
  cloud?.stop()
  rmSync(root, { recursive: true, force: true })
})

/** The links that a cloud has a part in: kind and subject, state, first evidence. No answer may hold the password. */
async function asked(env: Cloud['env'], ...args: string[]) {
  const { stdout, stderr } = await quietcore(env, 'gate', '--root', root, '--json', ...args)
  expect(stdout + stderr).not.toContain(cloud.password)
  const links: { kind: string; subject: string | null; state: string; evidence: string[] }[] =
    JSON.parse(stdout).links
  return links
    .filter(
      ({ kind, subject }) => kind === 'flavor' || (kind === 'agreement' && /flavor|page/.test(subject!)),
    )
    .map(({ kind, subject, state, evidence }) => [`${kind} ${subject ?? ''}`.trim(), state, evidence[0]])
}

it('a chain without a real-time flavor has no link for it; one that is named and not there fails', async () => {
  expect(await asked(cloud.env)).toEqual([['flavor', 'absent', 'no flavor asks for real time']])
  expect(await asked(cloud.env, '--flavor', 'rt.none')).toEqual([
    ['flavor rt.none', 'fail', 'there is no such flavor'],
  ])
})

it('flavors of a real nova pass, drift is found, and a domain is held against its own', async () => {
  const size = ['--create', '--vcpus', '4', '--ram', '4096', '--set', 'hw:cpu_realtime_mask=^0']
  const applied = await quietcore(cloud.env, 'nova', 'flavor', 'apply', 'rt.gate', ...size)
  expect(applied.code, applied.stderr).toBe(0)
  const mask = ['--set', 'hw:cpu_realtime_mask=^0']
  expect(await asked(cloud.env, ...mask)).toEqual([['flavor rt.gate', 'pass', 'ok, real-time vCPUs 1-3']])
  const xml = join(root, 'guest.xml')
  const nova =
    '<metadata><nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1"><nova:flavor name="rt.gate"/></nova:instance></metadata><memory'
  writeFileSync(xml, fitBut('<memory', nova))
  expect(await asked(cloud.env, ...mask, '--domain', xml)).toEqual([
    ['flavor rt.gate', 'pass', 'ok, real-time vCPUs 1-3'],
    ['agreement fit and flavor rt.gate', 'pass', 'real-time vCPUs 1-3 in both'],
    [
      'agreement fit and page sizes',
      'pass',
      'pages of 1048576 KiB, which the host has and flavor rt.gate asks for',
    ],
  ])
  openstack(cloud.env, 'flavor', 'set', '--property', 'hw:cpu_realtime_mask=^0-1', 'rt.gate')
  openstack(cloud.env, 'flavor', 'set', '--property', 'hw:mem_page_size=2MB', 'rt.gate')
  expect(await asked(cloud.env, ...mask, '--domain', xml)).toEqual([
    ['flavor rt.gate', 'fail', 'differs, real-time vCPUs 2-3'],
    [
      'agreement fit and flavor rt.gate',
      'fail',
      'the flavor asks for real-time vCPUs 2-3, the domain schedules 1-3',
    ],
    ['agreement fit and page sizes', 'fail', 'the flavor rt.gate does not ask for pages of 1048576 KiB'],
  ])
  // Made anew without its extra specs, it is no flavor for real time, and the guest's next boot is none either.
  openstack(cloud.env, 'flavor', 'delete', 'rt.gate')
  openstack(cloud.env, 'flavor', 'create', '--vcpus', '4', '--ram', '4096', '--disk', '0', 'rt.gate')
  expect((await asked(cloud.env, '--domain', xml)).slice(0, 2)).toEqual([
    ['flavor rt.gate', 'fail', 'differs, real-time vCPUs none'],
    [
      'agreement fit and flavor rt.gate',
      'fail',
      'the flavor asks for real-time vCPUs none, the domain schedules 1-3',
    ],
  ])
  openstack(cloud.env, 'flavor', 'delete', 'rt.gate')
  expect((await asked(cloud.env, '--domain', xml)).slice(0, 2)).toEqual([
    ['flavor', 'absent', 'no flavor asks for real time'],
    ['agreement fit and flavor rt.gate', 'absent', 'nova boots nothing for real time with such a flavor now'],
  ])
})

it('a wrong password, half of the credentials and a silent server make the flavors undecided, nothing else', async () => {
  const { OS_CLOUD: _, OS_CLIENT_CONFIG_FILE: __, ...none } = cloud.env
  const env = {
    ...none,
    OS_CLIENT_CONFIG_FILE: '/nonexistent',
    OS_AUTH_URL: cloud.authUrl,
    OS_USERNAME: 'admin',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_NAME: 'admin',
    OS_PROJECT_DOMAIN_NAME: 'Default',
  }
  const state = async (more: Cloud['env']) => (await asked({ ...env, ...more }))[0]?.slice(0, 2)
  expect(await state({ OS_PASSWORD: 'wrong-password' })).toEqual(['flavor', 'undecided'])
  expect(await state({})).toEqual(['flavor', 'undecided'])
  expect(await state({ OS_PASSWORD: 'x', OS_AUTH_URL: 'http://127.0.0.1:1/v3' })).toEqual([
    'flavor',
    'undecided',
  ])
  expect(await state({ OS_CLOUD: 'prod' })).toEqual(['flavor', 'undecided'])
  expect((await asked(none))[0]).toEqual(['flavor', 'absent', 'no credentials for OpenStack are given'])
})
