import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mayMount } from '../support/daemon.ts'
import { makeHost } from '../support/host-machine.ts'
import { quietcore } from '../support/quietcore.ts'
import { listTree } from '../support/tree.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false })
const CONF = '/etc/nova/nova.conf'

const GIVEN = `# Written by the deployment; it holds passwords.
[DEFAULT]
transport_url = rabbit://nova:rabbit-password@controller
reserved_huge_pages = node:0,size:2048,count:64
reserved_huge_pages = node:1,size:2048,count:64

[libvirt]
virt_type = kvm
; a comment of the administrator
cpu_mode = host-model
[database]
connection = mysql://nova:database-password@controller/nova
`

/** A made host of 8 CPUs of which the profile isolates 4-7, with this nova.conf. */
function host(conf: string | Buffer = GIVEN): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-nova-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  makeHost(dir, { cpus: 8 })
  cpSync('profiles', join(dir, 'usr/lib/quietcore/profiles'), { recursive: true })
  mkdirSync(join(dir, 'etc/quietcore'), { recursive: true })
  for (const name of readdirSync('profiles').filter((file) => file.endsWith('-variables.conf'))) {
    writeFileSync(join(dir, 'etc/quietcore', name), 'isolated_cores=4-7\n')
  }
  mkdirSync(join(dir, dirname(CONF)), { recursive: true })
  writeFileSync(join(dir, CONF), conf)
  chmodSync(join(dir, CONF), 0o640)
  mkdirSync(join(dir, 'var/lib/quietcore/runs'), { recursive: true })
  return dir
}

const PROFILE = ['--profile', 'realtime-virtual-host']

function conf(root: string, ...args: string[]) {
  const answer = quietcore('nova', 'conf', ...args, '--root', root)
  expect(answer.stdout + answer.stderr).not.toMatch(/-password/)
  return answer
}

function json(schema: string, text: string) {
  const answer = JSON.parse(text)
  const valid = ajv.compile(JSON.parse(readFileSync(`docs/schema/${schema}.schema.json`, 'utf8')))
  expect(valid(answer), JSON.stringify(valid.errors)).toBe(true)
  return answer
}

const read = (root: string) => readFileSync(join(root, CONF), 'utf8')

describe('quietcore nova conf', () => {
  it('plans without a write, applies, verifies, and off gives every byte back', () => {
    const root = host()
    const before = listTree(root)
    const planned = conf(root, 'plan', ...PROFILE, '--json')
    expect(planned.code, planned.stderr).toBe(0)
    expect(listTree(root)).toEqual(before)
    const { options, isolated, shared } = json('nova-conf', planned.stdout)
    expect([isolated, shared]).toEqual(['4-7', '1-3'])
    expect(
      options.map((one: { section: string; key: string; have: string[]; want: string[] }) => [
        one.section,
        one.key,
        one.have,
        one.want,
      ]),
    ).toEqual([
      ['compute', 'cpu_dedicated_set', [], ['4-7']],
      ['compute', 'cpu_shared_set', [], ['1-3']],
      ['libvirt', 'cpu_mode', ['host-model'], ['host-passthrough']],
      ['libvirt', 'mem_stats_period_seconds', [], ['0']],
      ['libvirt', 'rx_queue_size', [], ['1024']],
      ['libvirt', 'tx_queue_size', [], ['1024']],
    ])
    expect(conf(root, 'verify', ...PROFILE).code).toBe(1)
    const applied = conf(
      root,
      'apply',
      ...PROFILE,
      '--reserved-huge-pages',
      'node:0,size:1GB,count:2',
      '--json',
    )
    expect(applied.code, applied.stderr).toBe(0)
    expect(json('nova-conf', applied.stdout).changed).toHaveLength(7)
    expect(read(root)).toBe(`# Written by the deployment; it holds passwords.
[DEFAULT]
transport_url = rabbit://nova:rabbit-password@controller
reserved_huge_pages = node:0,size:1GB,count:2

[libvirt]
virt_type = kvm
; a comment of the administrator
cpu_mode = host-passthrough
mem_stats_period_seconds = 0
rx_queue_size = 1024
tx_queue_size = 1024
[database]
connection = mysql://nova:database-password@controller/nova

[compute]
cpu_dedicated_set = 4-7
cpu_shared_set = 1-3
`)
    expect(readFileSync(join(root, 'var/lib/quietcore/journal'), 'utf8')).not.toMatch(/-password/)
    expect(conf(root, 'verify', ...PROFILE).code).toBe(0)
    const off = quietcore('off', '--root', root, '--json')
    expect([off.code, json('off', off.stdout).undone]).toEqual([
      0,
      [{ id: `nova-conf:${CONF}`, target: CONF, outcome: 'restored' }],
    ])
    expect(listTree(root)).toEqual(before)
  })

  it('takes the screen away from guests only when asked, and keeps vCPUs below the kernel threads', () => {
    const given = '[libvirt]\nrealtime_scheduler_priority = 50\n\n[vnc]\nenabled = true\n'
    const root = host(given)
    const wanted = (...args: string[]) =>
      json('nova-conf', conf(root, 'plan', ...PROFILE, '--json', ...args).stdout)
        .options.filter(({ section, key }: { section: string; key: string }) =>
          ['libvirt.realtime_scheduler_priority', 'vnc.enabled', 'DEFAULT.pointer_model'].includes(
            `${section}.${key}`,
          ),
        )
        .map(({ section, key, have, want }: Record<string, unknown>) => [section, key, have, want])
    expect(wanted()).toEqual([['libvirt', 'realtime_scheduler_priority', ['50'], ['1']]])
    expect(wanted('--headless')).toEqual([
      ['libvirt', 'realtime_scheduler_priority', ['50'], ['1']],
      ['vnc', 'enabled', ['true'], ['false']],
      ['DEFAULT', 'pointer_model', [], ['ps2mouse']],
    ])
    expect(conf(root, 'apply', ...PROFILE, '--headless').code).toBe(0)
    expect(conf(root, 'verify', ...PROFILE, '--headless').code).toBe(0)
    expect(quietcore('off', '--root', root).code).toBe(0)
    expect(read(root)).toBe(given)
  })

  it('is verified as it was applied, unless the call says something else', () => {
    const root = host()
    const verified = (...args: string[]) => conf(root, 'verify', ...PROFILE, ...args).code
    const asked = ['--headless', '--reserved-huge-pages', 'node:0,size:1GB,count:2', '--host-keeps', '0-1']
    expect(conf(root, 'apply', ...PROFILE, ...asked).code).toBe(0)
    const written = read(root)
    const gate = () => {
      const { links } = JSON.parse(quietcore('gate', ...PROFILE, '--root', root, '--json').stdout)
      return links.find(({ kind }: { kind: string }) => kind === 'nova-conf').state
    }
    expect([verified(), gate(), verified('--host-keeps', '0')]).toEqual([0, 'pass', 1])
    // Its own lines are taken out behind its back.
    writeFileSync(join(root, CONF), written.replace('enabled = false\n', ''))
    expect([verified(), gate(), verified('--host-keeps', '0-1')]).toEqual([1, 'fail', 0])
    writeFileSync(join(root, CONF), written.replace(/^reserved_huge_pages.*\n/m, ''))
    expect(verified()).toBe(1)
    // Another apply is asked something else, though the file says it all already.
    writeFileSync(join(root, CONF), written)
    expect(conf(root, 'apply', ...PROFILE, '--host-keeps', '0-1').code).toBe(0)
    writeFileSync(join(root, CONF), written.replace('enabled = false\n', ''))
    expect(verified()).toBe(0)
    writeFileSync(join(root, CONF), written)
    expect(quietcore('off', '--root', root).code).toBe(0)
    expect(read(root)).toBe(GIVEN)
  })

  it('stays when a profile is applied or changed, and the profile stays when it is applied', () => {
    const root = host()
    const before = listTree(root)
    expect(quietcore('apply', 'realtime-virtual-host', '--root', root).code).toBe(0)
    expect(conf(root, 'apply').code).toBe(0)
    const written = read(root)
    expect(JSON.parse(quietcore('status', '--root', root, '--json').stdout).profile).toBe(
      'realtime-virtual-host',
    )
    expect(quietcore('apply', 'cpu-partitioning', '--root', root).code).toBe(0)
    expect(read(root)).toBe(written)
    expect(quietcore('off', '--root', root).code).toBe(0)
    expect(listTree(root)).toEqual(before)
  })

  it('takes out only its own lines when somebody else wrote to the file since', () => {
    const root = host()
    conf(root, 'apply', ...PROFILE)
    writeFileSync(
      join(root, CONF),
      read(root).replace('virt_type = kvm', 'virt_type = kvm\nimages_type = raw'),
    )
    quietcore('off', '--root', root)
    expect(read(root)).toBe(GIVEN.replace('virt_type = kvm', 'virt_type = kvm\nimages_type = raw'))
  })

  it('adds to the filters of a release before Zed only where they are set', () => {
    const plan = (text: string) => {
      const answer = conf(host(text), 'plan', ...PROFILE, '--release', 'train', '--scheduler', '--json')
      return [answer.code, answer.stdout] as const
    }
    const [code, stdout] = plan('[DEFAULT]\n')
    const { error } = json('error', stdout)
    expect([code, error.code, error.place]).toEqual([2, 'filters-not-known', { file: CONF }])
    const [done, planned] = plan('[filter_scheduler]\nenabled_filters = RetryFilter\n')
    expect([done, json('nova-conf', planned).options.at(-1).want]).toEqual([
      0,
      ['RetryFilter,NUMATopologyFilter'],
    ])
  })

  it('is read by nova itself as it was meant', () => {
    const root = host(
      `${GIVEN}[filter_scheduler]\nenabled_filters = ComputeFilter,\n  PciPassthroughFilter\n`,
    )
    expect(conf(root, 'apply', ...PROFILE, '--reserved-huge-pages', 'node:1,size:1GB,count:2').code).toBe(0)
    const script = `
import json, sys
sys.path.insert(0, '/usr/lib/python3/dist-packages')
import nova.conf
from nova.virt import hardware
CONF = nova.conf.CONF
CONF(['--config-file', sys.argv[1]])
print(json.dumps([sorted(hardware.get_cpu_dedicated_set()), sorted(hardware.get_cpu_shared_set()),
  {str(n): {int(s): c for s, c in of.items()} for n, of in hardware.numa_get_reserved_huge_pages().items()}, CONF.libvirt.cpu_mode,
  CONF.libvirt.mem_stats_period_seconds, CONF.libvirt.rx_queue_size, CONF.filter_scheduler.enabled_filters]))`
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script, join(root, CONF)], {
      encoding: 'utf8',
      env: {},
    })
    expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual([
      [4, 5, 6, 7],
      [1, 2, 3],
      { '1': { '1048576': 2 } },
      'host-passthrough',
      0,
      1024,
      ['ComputeFilter', 'PciPassthroughFilter', 'NUMATopologyFilter'],
    ])
  })

  it('writes vcpu_pin_set for a release before Train', () => {
    const root = host('[DEFAULT]\n')
    expect(conf(root, 'apply', ...PROFILE, '--release', 'queens', '--skip', 'libvirt.cpu_mode').code).toBe(0)
    expect(read(root)).toBe(
      '[DEFAULT]\nvcpu_pin_set = 4-7\n\n[libvirt]\nmem_stats_period_seconds = 0\nrx_queue_size = 1024\ntx_queue_size = 1024\n',
    )
  })

  it.each([
    ['vcpu-pin-set-with-dedicated-set', '[DEFAULT]\nvcpu_pin_set = 2-3\n', [], 2],
    ['reserved-host-cpus', '[DEFAULT]\nreserved_host_cpus = 2\n', [], 2],
    ['cpu-power-management', '[libvirt]\ncpu_power_management = true\n', [], 2],
    ['file-backed-memory', '[libvirt]\nfile_backed_memory = 1024\n', [], 2],
    ['cpu-models-without-custom', '[libvirt]\ncpu_mode = custom\ncpu_models = Haswell\n', [], 3],
    ['cpu-models-without-custom', '[Libvirt]\ncpu_mode = custom\ncpu_model = Haswell\n', [], 3],
    ['custom-without-cpu-models', '[libvirt]\ncpu_mode = custom\n', ['--skip', 'libvirt.cpu_mode'], 2],
    ['cpu-mode-without-kvm', '[libvirt]\nvirt_type = lxc\n', [], 2],
    ['bad-reserved-huge-pages', '[DEFAULT]\nreserved_huge_pages = node:0,size:1G,count:2\n', [], 2],
    ['cpu-sets-overlap', '[compute]\n', ['--shared-cores', '3-4'], undefined],
    ['cpus-not-online', '[compute]\n', ['--shared-cores', '99'], undefined],
    ['bad-cpu-set', '[compute]\ncpu_shared_set = 7-2\n', ['--skip', 'compute.cpu_shared_set'], 2],
    ['bad-nova-conf', '[compute]\nnonsense\n', [], 2],
    ['nova-conf-not-utf8', Buffer.from('[compute]\n# f\xfcr\n', 'latin1'), [], 2],
  ] as const)('refuses %s in the plan and the apply, and writes nothing', (code, text, args, line) => {
    const root = host(text as string | Buffer)
    const before = listTree(root)
    for (const verb of ['plan', 'apply']) {
      const answer = conf(root, verb, ...PROFILE, ...args, '--json')
      const { error } = json('error', answer.stdout)
      expect([answer.code, error.code, error.place.file]).toEqual([2, code, CONF])
      if (line !== undefined) expect(error.place.line).toBe(line)
    }
    expect(listTree(root)).toEqual(before)
  })

  it.each([
    ['vcpu-pin-set-with-dedicated-set', 'nova-compute.conf', '[DEFAULT]\nvcpu_pin_set = 2-3\n', 2],
    ['cpu-power-management', 'nova-compute.conf', '[libvirt]\ncpu_power_management = true\n', 2],
    ['reserved-host-cpus', 'nova.conf.d/10.conf', '[DEFAULT]\n\nreserved_host_cpus = 2\n', 3],
    ['cpu-sets-overlap', 'nova-compute.conf.d/10.conf', '[compute]\ncpu_shared_set = 3-4\n', 2],
  ])('refuses %s in %s, which nova-compute reads after nova.conf', (code, name, text, line) => {
    const root = host()
    const file = `/etc/nova/${name}`
    mkdirSync(join(root, dirname(file)), { recursive: true })
    writeFileSync(join(root, file), text)
    const before = listTree(root)
    for (const verb of ['plan', 'apply']) {
      const answer = conf(root, verb, ...PROFILE, '--json')
      const { error } = json('error', answer.stdout)
      expect([answer.code, error.code, error.place]).toEqual([2, code, { file, line }])
    }
    expect(listTree(root)).toEqual(before)
  })

  it('names the other file where CPU sets of the two overlap, and the gate is undecided', () => {
    const root = host()
    expect(conf(root, 'apply', ...PROFILE).code).toBe(0)
    writeFileSync(join(root, '/etc/nova/nova-compute.conf'), '[compute]\ncpu_dedicated_set = 2-3\n')
    const { stdout, code } = conf(root, 'verify', ...PROFILE, '--json')
    const { error } = json('error', stdout)
    expect([code, error.code, error.place]).toEqual([
      2,
      'cpu-sets-overlap',
      { file: '/etc/nova/nova-compute.conf', line: 2 },
    ])
    const { links } = JSON.parse(quietcore('gate', ...PROFILE, '--root', root, '--json').stdout)
    expect(links.find(({ kind }: { kind: string }) => kind === 'nova-conf').state).toBe('undecided')
  })

  it('lets the last file that nova-compute reads decide, in the order of oslo.config', () => {
    const root = host()
    mkdirSync(join(root, '/etc/nova/nova.conf.d'))
    const power = (value: boolean) => `[libvirt]\ncpu_power_management = ${value}\n`
    writeFileSync(join(root, '/etc/nova/nova.conf.d/10.conf'), power(true))
    writeFileSync(join(root, '/etc/nova/nova.conf.d/9.conf'), power(false))
    expect(conf(root, 'plan', ...PROFILE).code).toBe(0)
  })

  it('is undecided where a file that nova-compute may read later says otherwise', () => {
    const root = host()
    expect(conf(root, 'apply', ...PROFILE).code).toBe(0)
    const file = '/etc/nova/nova-compute.conf'
    const verified = (text: string) => {
      writeFileSync(join(root, file), text)
      const { code, stdout } = conf(root, 'verify', ...PROFILE, '--json')
      return [code, json('nova-conf', stdout).warnings.filter((one: { place?: object }) => one.place)]
    }
    const elsewhere = (said: string) => [
      4,
      [
        {
          code: 'set-elsewhere',
          message: `${said} is set here, too, and wins where nova-compute is started with this file`,
          place: { file },
        },
      ],
    ]
    expect([
      verified('[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n[libvirt]\nvirt_type = kvm\n'),
      verified('[compute]\ncpu_dedicated_set = 4,5,6,7\n'),
      verified('[compute]\ncpu_dedicated_set = 6-7\n'),
      verified('[libvirt]\nrealtime_scheduler_priority = 50\n'),
    ]).toEqual([
      [0, []],
      [0, []],
      elsewhere('[compute] cpu_dedicated_set = 6-7'),
      elsewhere('[libvirt] realtime_scheduler_priority = 50'),
    ])
    writeFileSync(join(root, CONF), read(root).replace('4-7', '5-7'))
    expect(conf(root, 'verify', ...PROFILE).code).toBe(1)
  })

  it('takes an empty set for none, as nova does', () => {
    const root = host('[DEFAULT]\nvcpu_pin_set =\n')
    const applied = conf(root, 'apply', ...PROFILE)
    expect(applied.code, applied.stderr).toBe(0)
    expect(conf(root, 'verify', ...PROFILE).code).toBe(0)
    const reserved = host('[DEFAULT]\nreserved_host_cpus = 2\n\n[compute]\ncpu_shared_set =\n')
    const skip = ['compute.cpu_dedicated_set', 'compute.cpu_shared_set'].flatMap((name) => ['--skip', name])
    expect(conf(reserved, 'plan', ...PROFILE, ...skip).code).toBe(0)
  })

  it('keeps named CPU models where cpu_mode is left alone', () => {
    const given = '[libvirt]\ncpu_mode = custom\ncpu_models = Haswell,Skylake-Server\n'
    const root = host(given)
    expect(conf(root, 'apply', ...PROFILE, '--skip', 'libvirt.cpu_mode').code).toBe(0)
    expect(read(root)).toContain(given)
  })

  it.each([
    ['foo', "'foo' is no reservation of huge pages"],
    ['count:x', "'count:x' is no reservation of huge pages"],
    ['node:0,size:1G,count:2', "'node:0,size:1G,count:2' is no reservation of huge pages"],
    ['node:0,size:large,count:2', "'node:0,size:large,count:2' is no reservation of huge pages"],
    ['node:0,size:1GB,count:-1', "'node:0,size:1GB,count:-1' is no reservation of huge pages"],
    ['node:9,size:1GB,count:2', "there is no NUMA node 9 for 'node:9,size:1GB,count:2'; there are 0, 1"],
    [
      'node:0,size:1Gb,count:2',
      "'node:0,size:1Gb,count:2' asks for pages of 131072 KiB; node 0 has 2048, 1048576 KiB",
    ],
  ])('refuses to reserve %s', (reservation, message) => {
    const answer = conf(host(), 'plan', ...PROFILE, '--reserved-huge-pages', reservation, '--json')
    const { error } = json('error', answer.stdout)
    expect([answer.code, error.code, error.message]).toEqual([2, 'bad-reserved-huge-pages', message])
  })

  it('refuses a second reservation for one node and size, and takes small pages', () => {
    const reserve = (...specs: string[]) =>
      conf(host(), 'plan', ...PROFILE, ...specs.flatMap((spec) => ['--reserved-huge-pages', spec])).code
    expect(reserve('node:0,size:1GB,count:1', 'node:0,size:1048576,count:2')).toBe(2)
    expect(reserve('node:0,size:1GB,count:1', 'node:1,size:1GB,count:1', 'node:0,size:4,count:1024')).toBe(0)
  })

  it.skipIf(!mayMount)('says that nova.conf is on a read-only file system, and changes nothing', () => {
    const root = host()
    const folder = join(root, dirname(CONF))
    for (const args of [
      ['--bind', folder, folder],
      ['-o', 'remount,bind,ro', folder],
    ]) {
      const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' })
      expect(status, stderr).toBe(0)
      onTestFinished(() => void spawnSync('umount', ['-l', folder]))
    }
    const before = listTree(root)
    const { code, stdout } = conf(root, 'apply', ...PROFILE, '--json')
    const { error } = json('error', stdout)
    expect([code, error]).toEqual([
      3,
      {
        code: 'apply-failed',
        message: expect.stringMatching(/^apply stopped: .*EROFS: read-only file system/),
        place: { file: CONF },
        next: 'The 0 changes made so far were undone; the machine is as before. Make the file and its folder writable for root (a read-only mount, chattr +i, or a container), then try again.',
      },
    ])
    expect([listTree(root), read(root)]).toEqual([before, GIVEN])
  })

  it('says what is missing: the file, the profile', () => {
    const root = host()
    const missing = conf(root, 'plan', ...PROFILE, '--conf', '/etc/nova/other.conf', '--json')
    expect([missing.code, json('error', missing.stdout).error.code]).toEqual([2, 'no-nova-conf'])
    const none = conf(root, 'plan', '--json')
    expect([none.code, json('error', none.stdout).error.code]).toEqual([2, 'no-active-profile'])
  })
})
