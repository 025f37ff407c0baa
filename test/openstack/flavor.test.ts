import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NovaApi } from '../../src/host/openstack/nova.ts'
import { readCloud } from '../../src/host/openstack/read-cloud.ts'
import { type Cloud, openstack, propertiesOf, quietcore, startCloud } from './cloud.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false })

function json(schema: string, text: string) {
  const answer = JSON.parse(text)
  const valid = ajv.compile(JSON.parse(readFileSync(`docs/schema/${schema}.schema.json`, 'utf8')))
  expect(valid(answer), JSON.stringify(valid.errors)).toBe(true)
  return answer
}

const SIZE = ['--create', '--vcpus', '4', '--ram', '4096', '--disk', '10']
const KEYS = {
  'hw:cpu_policy': 'dedicated',
  'hw:cpu_realtime': 'yes',
  'hw:cpu_realtime_mask': '^0-1',
  'hw:emulator_threads_policy': 'share',
  'hw:locked_memory': 'true',
  'hw:mem_page_size': '1GB',
  'hw:pmu': 'false',
}
const MANAGED = { 'quietcore:managed': Object.keys(KEYS).join(',') }

let cloud: Cloud

/** Runs a subcommand against the real services; no answer may hold the password. */
async function flavor(...args: string[]) {
  const answer = await quietcore(cloud.env, 'nova', 'flavor', ...args)
  expect(answer.stdout + answer.stderr).not.toContain(cloud.password)
  return answer
}

beforeAll(async () => {
  cloud = await startCloud()
})

afterAll(() => cloud?.stop())

describe('flavors of a real nova', () => {
  it('are planned without a write, created, and read back by the openstack client', async () => {
    const planned = await flavor('plan', 'rt.new', ...SIZE, '--json')
    expect(planned.code, planned.stderr).toBe(0)
    expect(json('nova-flavor', planned.stdout).flavors[0]).toMatchObject({
      state: 'missing',
      set: { ...KEYS, ...MANAGED },
      remove: [],
      result: 'OK',
      realtimeVcpus: [2, 3],
    })
    expect(openstack(cloud.env, 'flavor', 'list', '--all', '-f', 'value', '-c', 'Name')).toBe('')
    const applied = await flavor('apply', 'rt.new', ...SIZE, '--json')
    expect(json('nova-flavor', applied.stdout)).toMatchObject({ created: ['rt.new'], changed: [] })
    const shown = JSON.parse(openstack(cloud.env, 'flavor', 'show', 'rt.new', '-f', 'json'))
    expect({ ...shown.properties, vcpus: shown.vcpus, ram: shown.ram, disk: shown.disk }).toEqual({
      ...KEYS,
      ...MANAGED,
      vcpus: 4,
      ram: 4096,
      disk: 10,
    })
    const again = await flavor('apply', 'rt.new', ...SIZE, '--json')
    expect(json('nova-flavor', again.stdout)).toMatchObject({ created: [], changed: [] })
  })

  it('that drifted are found in one call and mended; a key of somebody else stays', async () => {
    openstack(
      cloud.env,
      'flavor',
      'set',
      'rt.new',
      '--property',
      'hw:cpu_realtime_mask=^0',
      '--property',
      'hw:boot_menu=true',
    )
    const verified = await flavor('verify', '--json')
    expect(verified.code).toBe(1)
    const [found] = json('nova-flavor-verify', verified.stdout).flavors
    expect(found).toMatchObject({ name: 'rt.new', state: 'differs', realtimeVcpus: [1, 2, 3] })
    expect(found.keys.filter(({ state }: { state: string }) => state !== 'ok')).toEqual([
      { key: 'hw:cpu_realtime_mask', want: '^0-1', have: '^0', state: 'differs' },
      { key: 'hw:boot_menu', want: null, have: 'true', state: 'foreign' },
    ])
    expect((await flavor('apply', 'rt.new')).code).toBe(0)
    expect((await flavor('verify')).code).toBe(0)
    expect(propertiesOf(cloud.env, 'rt.new')).toEqual({ ...KEYS, ...MANAGED, 'hw:boot_menu': 'true' })
  })

  it('lose the keys that quietcore set and nobody wants any more, and only those', async () => {
    await flavor('apply', 'rt.new', '--set', 'hw:watchdog_action=reset')
    expect(propertiesOf(cloud.env, 'rt.new')['hw:watchdog_action']).toBe('reset')
    const planned = json('nova-flavor', (await flavor('plan', 'rt.new', '--json')).stdout)
    expect(planned.flavors[0].remove).toEqual(['hw:watchdog_action'])
    expect((await flavor('apply', 'rt.new')).code).toBe(0)
    expect(propertiesOf(cloud.env, 'rt.new')).toEqual({ ...KEYS, ...MANAGED, 'hw:boot_menu': 'true' })
  })

  it('are made the same by the printed openstack commands', async () => {
    const { stdout } = await flavor('plan', 'by cli', ...SIZE, '--print-cli')
    const { status, stderr } = spawnSync('/bin/sh', ['-e', '-c', stdout], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...cloud.env },
    })
    expect(status, stderr).toBe(0)
    expect((await flavor('verify', 'by cli')).code).toBe(0)
    expect((await flavor('plan', 'by cli', '--print-cli')).stdout).toBe('# Nothing to do.\n')
  })

  it('are refused before anything is written when they are unknown, would not boot or hold a bad key', async () => {
    const tried = [
      await flavor('apply', 'rt.new', 'nowhere', '--set', 'hw:pmu=true', '--json'),
      await flavor(
        'apply',
        'small',
        '--create',
        '--vcpus',
        '2',
        '--ram',
        '512',
        '--set',
        'hw:emulator_threads_policy=',
        '--json',
      ),
      await flavor('apply', 'rt.new', '--set', 'hw:emulator_thread_policy=share', '--json'),
      await flavor('apply', 'rt.new', '--set', 'hw:sound_model=ich6', '--json'),
    ]
    expect(tried.map(({ code, stdout }) => [code, json('error', stdout).error.code])).toEqual([
      [2, 'unknown-flavor'],
      [2, 'flavor-would-not-boot'],
      [2, 'bad-extra-spec'],
      [2, 'bad-extra-spec'],
    ])
    expect(
      openstack(cloud.env, 'flavor', 'list', '--all', '-f', 'value', '-c', 'Name').trim().split('\n').sort(),
    ).toEqual(['by cli', 'rt.new'])
  })

  it('cannot be created twice under one name', async () => {
    const api = await NovaApi.open(readCloud({}, cloud.env))
    const size = { name: 'rt.new', vcpus: 4, ramMb: 4096, diskGb: 0 }
    await expect(api.create(size)).rejects.toMatchObject({ code: 'duplicate-flavor', exitCode: 2 })
    api.close()
  })
})

describe('proofs that a real Keystone takes or refuses', () => {
  const variables = () => ({
    OS_AUTH_URL: cloud.authUrl,
    OS_USERNAME: 'admin',
    OS_PASSWORD: cloud.password,
    OS_PROJECT_NAME: 'admin',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_ID: 'default',
    OS_REGION_NAME: 'RegionOne',
  })
  const verify = async (env: Record<string, string>) => {
    const answer = await quietcore(env, 'nova', 'flavor', 'verify', '--json')
    const said = answer.stdout + answer.stderr
    for (const secret of [
      cloud.password,
      env.OS_PASSWORD,
      env.OS_TOKEN,
      env.OS_APPLICATION_CREDENTIAL_SECRET,
    ]) {
      if (secret) expect(said).not.toContain(secret)
    }
    return [answer.code, JSON.parse(answer.stdout).error?.code]
  }

  it('password, application credential and token', async () => {
    expect(await verify(variables())).toEqual([0, undefined])
    const made = JSON.parse(openstack(cloud.env, 'application', 'credential', 'create', 'qc', '-f', 'json'))
    const credential = {
      OS_AUTH_URL: cloud.authUrl,
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_ID: made.id,
      OS_APPLICATION_CREDENTIAL_SECRET: made.secret,
    }
    expect(await verify(credential)).toEqual([0, undefined])
    const token = openstack(cloud.env, 'token', 'issue', '-f', 'value', '-c', 'id').trim()
    const byToken = { OS_AUTH_URL: cloud.authUrl, OS_TOKEN: token, OS_PROJECT_NAME: 'admin' }
    expect(await verify(byToken)).toEqual([0, undefined])
    openstack(cloud.env, 'token', 'revoke', token)
    expect(await verify(byToken)).toEqual([2, 'not-authenticated'])
  })

  it('a wrong password, half of the credentials, none, another region, an address where nobody listens', async () => {
    const { OS_PASSWORD: _, ...half } = variables()
    expect([
      await verify({ ...variables(), OS_PASSWORD: 'quite-wrong-word' }),
      await verify(half),
      await verify({}),
      await verify({ ...cloud.env, OS_CLOUD: 'nowhere' }),
      await verify({ ...variables(), OS_REGION_NAME: 'Atlantis' }),
      await verify({ ...variables(), OS_AUTH_URL: 'http://127.0.0.1:1/v3' }),
    ]).toEqual([
      [2, 'not-authenticated'],
      [2, 'half-credentials'],
      [2, 'no-credentials'],
      [2, 'unknown-cloud'],
      [2, 'no-endpoint'],
      [3, 'openstack-unreachable'],
    ])
  })
})

describe('verify without names', () => {
  const states = async () => {
    const { code, stdout } = await flavor('verify', '--json')
    const { flavors } = json('nova-flavor-verify', stdout)
    return [code, flavors.map(({ name, state }: Record<string, string>) => `${name} ${state}`).sort()]
  }

  it('holds each flavor against what was asked for when it was applied, and a drift from that is one', async () => {
    const mask = ['--set', 'hw:cpu_realtime_mask=^0,^2', '--set', 'hw:pmu=']
    expect((await flavor('apply', 'rt.mask', ...SIZE, ...mask)).code).toBe(0)
    expect((await flavor('apply', 'pinned', ...SIZE, '--profile', 'cpu-partitioning')).code).toBe(0)
    expect(propertiesOf(cloud.env, 'rt.mask')['quietcore:managed']).toBe(
      'hw:cpu_policy,hw:cpu_realtime,hw:cpu_realtime_mask,hw:cpu_realtime_mask=^0;^2,hw:emulator_threads_policy,hw:locked_memory,hw:mem_page_size,hw:pmu=',
    )
    expect(await states()).toEqual([0, ['by cli ok', 'pinned ok', 'rt.mask ok', 'rt.new ok']])
    expect((await flavor('apply', 'rt.mask', ...mask)).stdout).toBe('1 already as wanted.\n')
    openstack(cloud.env, 'flavor', 'set', '--property', 'hw:cpu_realtime_mask=^0-1', 'rt.mask')
    const { flavors } = json('nova-flavor-verify', (await flavor('verify', 'rt.mask', '--json')).stdout)
    expect(flavors[0].keys.filter(({ state }: { state: string }) => state !== 'ok')).toEqual([
      { key: 'hw:cpu_realtime_mask', want: '^0,^2', have: '^0-1', state: 'differs' },
    ])
    expect((await flavor('apply', 'rt.mask')).code).toBe(0)
    expect(propertiesOf(cloud.env, 'rt.mask')).toEqual({ ...KEYS, ...MANAGED })
    expect(await states()).toEqual([0, ['by cli ok', 'pinned ok', 'rt.mask ok', 'rt.new ok']])
  })

  it('looks at flavors that only mean to be real-time, and takes no trap for ok', async () => {
    const made = (name: string, ...properties: string[]) =>
      openstack(
        { ...cloud.env, OS_COMPUTE_API_VERSION: '2.60' },
        ...['flavor', 'create', '--vcpus', '4', '--ram', '4096', '--disk', '0'],
        ...properties.flatMap((one) => ['--property', one]),
        name,
      )
    made('a mask alone', 'hw:cpu_policy=dedicated', 'hw:cpu_realtime_mask=^0')
    made('enabled', 'hw:cpu_policy=dedicated', 'hw:cpu_realtime=enabled')
    made('mixed, fit', 'hw:cpu_policy=mixed', 'hw:cpu_dedicated_mask=^0')
    made('mixed, not', 'hw:cpu_policy=mixed', 'hw:cpu_dedicated_mask=^0,2')
    made('plain', 'hw:cpu_realtime=no')
    const traps = ['hw:emulator_thread_policy=share', 'hw_cpu_policy=dedicated']
    openstack(
      { ...cloud.env, OS_COMPUTE_API_VERSION: '2.60' },
      ...['flavor', 'set', ...traps.flatMap((one) => ['--property', one]), 'rt.mask'],
    )
    expect(await states()).toEqual([
      1,
      [
        'a mask alone differs',
        'by cli ok',
        'enabled differs',
        'mixed, not differs',
        'pinned ok',
        'rt.mask differs',
        'rt.new ok',
      ],
    ])
  })

  it('refuses to make a flavor whose memory is no whole pages', async () => {
    const size = ['--create', '--vcpus', '4', '--ram', '1536']
    const { code, stdout } = await flavor('apply', 'uneven', ...size, '--json')
    const { error } = json('error', stdout)
    expect([code, error.code, error.message]).toEqual([
      2,
      'flavor-would-not-boot',
      'uneven (4 vCPUs, 1536 MiB) with these extra specs: the guest has 1536 MiB, which is no multiple of pages of 1048576 KiB, so that no host is found',
    ])
  })
})
