import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Link } from '../../src/core/gate/link.ts'
import { toRunJson } from '../../src/core/report/run-json.ts'
import type { RunRecord } from '../../src/core/report/run-record.ts'
import { Journal } from '../../src/engine/journal/journal.ts'
import { openRoot } from '../../src/host/root.ts'
import { failingRun, passingRun } from '../core/report/made-runs.ts'
import { type HostSpec, makeHost } from '../support/host-machine.ts'
import { quietcore } from '../support/quietcore.ts'
import { SSHD_MISSING, type Sshd, startSshd } from '../support/sshd.ts'

const valid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('docs/schema/gate.schema.json', 'utf8')),
)

/** A profile whose every setting a made machine takes at once. */
const PROFILE = `[main]
summary=Quiet
[variables]
isolated_cores=4-7
[sysctl]
vm.swappiness=10
`
const CMDLINE = 'BOOT_IMAGE=/boot/vmlinuz-6.1.0-21-rt-amd64 root=/dev/sda1 ro isolcpus=4-7'

function write(dir: string, path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}

/** A made machine of 8 CPUs that isolates 4-7, with the profile `quiet`. */
function made(cmdline = CMDLINE, tasks: HostSpec['tasks'] = []): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-gate-'))
  makeHost(dir, {
    cpus: 8,
    nodes: 1,
    isolated: '4-7',
    nohzFull: '4-7',
    cmdline,
    hostname: 'compute-7',
    tasks,
  })
  write(dir, '/etc/quietcore/profiles/quiet/profile.conf', PROFILE)
  return dir
}

/** The same with the profile applied, gone after the test. */
function tuned(cmdline?: string): string {
  const dir = made(cmdline)
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const applied = quietcore('apply', 'quiet', '--root', dir)
  expect(applied.code, applied.stderr).toBe(0)
  return dir
}

/** Keeps a run of an hour ago (or `hours`) on the machine. */
function keep(dir: string, made: RunRecord, more: Partial<RunRecord> = {}, hours = 1): string {
  const startedAt = new Date(Math.floor(Date.now() / 1000) * 1000 - hours * 3_600_000)
  const id = `${startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')}-${more.suite?.name ?? 'quick'}`
  const run = {
    ...made,
    id,
    startedAt: startedAt.toISOString(),
    kernel: { release: '6.1.0-21-rt-amd64', realtime: true, cmdline: CMDLINE },
    tuning: { profile: 'quiet', state: 'ok' as const },
    context: measuredOn('2-7'),
    ...more,
  }
  write(dir, `/var/lib/quietcore/runs/${id}/run.json`, `${JSON.stringify(toRunJson(run), null, 2)}\n`)
  return id
}

/** The made runs say nothing of the CPUs that were measured. */
function measuredOn(cpus: string): RunRecord['context'] {
  return { facts: { 'measured-cpus': cpus }, changes: [], disturbances: [] }
}

/** The answer as its schema has it, by link: state, first evidence. */
function asked(dir: string, ...args: string[]) {
  const { code, stdout, stderr } = quietcore('gate', '--root', dir, '--json', ...args)
  const record = JSON.parse(stdout)
  expect(valid(record), JSON.stringify(valid.errors)).toBe(true)
  const links = record.links.map(
    (link: { kind: string; subject: string | null; state: string; evidence: string[] }) => [
      [link.kind, link.subject].filter(Boolean).join(' '),
      link.state,
      link.evidence[0],
    ],
  )
  return { code, links, verdict: record.verdict, stderr, record }
}

const TUNED = ['tuning', 'pass', 'quiet: 1 as wanted']
const NO_NOVA = ['nova-conf', 'absent', 'there is no /etc/nova/nova.conf']
const NO_CLOUD = ['flavor', 'absent', 'no credentials for OpenStack are given']
const NO_VIRSH = ['domain', 'absent', 'there is no libvirt on this machine (no virsh)']

describe('the chain of a made host', () => {
  it('passes with tuning and a validation of it, and says what is no part of this machine', () => {
    const dir = tuned()
    keep(dir, passingRun())
    const { code, links, verdict } = asked(dir)
    expect(links).toEqual([
      TUNED,
      NO_NOVA,
      NO_CLOUD,
      NO_VIRSH,
      ['validation', 'pass', passingRun().verdict.reasons[0]!.replace(/\.$/, '')],
    ])
    expect([code, verdict]).toEqual([0, { result: 'pass', reasons: ['All 2 links hold.'] }])
  })

  it('prints one table', () => {
    const dir = tuned()
    const { code, stdout } = quietcore('gate', '--root', dir)
    expect([code, stdout.replace(/^ {2}\d.*$/m, '  WHEN')]).toEqual([
      4,
      `UNDECIDED  compute-7 (kernel 6.1.0-21-rt-amd64), profile quiet
  WHEN

  - The link 'host validation' is undecided: no run is kept in /var/lib/quietcore/runs.

LINK                    STATE      EVIDENCE                             WHAT TO DO
host tuning             pass       quiet: 1 as wanted
nova.conf               absent     there is no /etc/nova/nova.conf
flavor                  absent     no credentials for OpenStack are
                                   given
domain                  absent     there is no libvirt on this machine
                                   (no virsh)
host validation         undecided  no run is kept in                    quietcore gate --new
                                   /var/lib/quietcore/runs              measures now
`,
    ])
  })

  it('fails when a setting has been changed behind its back', () => {
    const dir = tuned()
    keep(dir, passingRun())
    write(dir, '/proc/sys/vm/swappiness', '60\n')
    const { code, record } = asked(dir)
    expect([code, record.links[0]]).toEqual([
      1,
      {
        kind: 'tuning',
        subject: null,
        state: 'fail',
        evidence: ['quiet: 1 differ', '/proc/sys/vm/swappiness: differs, want 10, have 60'],
        next: ['quietcore verify shows each; quietcore apply quiet sets them'],
      },
    ])
  })

  it('fails with the last validation, or the one of the suite that is asked for', () => {
    const dir = tuned()
    keep(dir, failingRun())
    expect(asked(dir).verdict.result).toBe('fail')
    expect(asked(dir, '--suite', 'acceptance').links.at(-1)).toEqual([
      'validation',
      'undecided',
      'no run of the suite acceptance is kept in /var/lib/quietcore/runs',
    ])
  })

  it('refuses a suite that is not there, and knows the tools that run alone', () => {
    const dir = tuned()
    keep(dir, passingRun())
    const unknown = quietcore('gate', '--root', dir, '--json', '--suite', 'nosuch')
    expect([unknown.code, JSON.parse(unknown.stdout).error]).toMatchObject([
      2,
      { code: 'unknown-suite', message: "there is no suite 'nosuch'" },
    ])
    expect(asked(dir, '--suite', 'cyclictest').links.at(-1)?.slice(0, 2)).toEqual(['validation', 'undecided'])
  })

  it('does not take a validation of another tuning, an old one, or a torn one', () => {
    const dir = tuned()
    const id = keep(dir, passingRun(), { tuning: { profile: null, state: 'none' } })
    const other = 'it was measured with no profile, and the profile quiet is in force'
    expect(asked(dir).links.at(-1)).toEqual(['validation', 'undecided', other])
    keep(dir, passingRun())
    expect(asked(dir, '--max-age', '10min').links.at(-1)).toEqual([
      'validation',
      'undecided',
      'it is 60 min old, and may be 10 min',
    ])
    write(
      dir,
      `/var/lib/quietcore/runs/${id}/run.json`,
      '{"schemaVersion":1,"measurements":[],"thresholds":[],"verdict":{}}',
    )
    const { code, links } = asked(dir, '--run', id)
    expect([code, links.at(-1)?.slice(0, 2)]).toEqual([4, ['validation', 'undecided']])
  })

  it('does not take a pass on some of the isolated CPUs, with eased limits, or after a part of the time', () => {
    const dir = tuned()
    // behind the doubts: the verdict's reasons and the summary
    const behind = passingRun().verdict.reasons.length + 1
    const doubts = (more: Partial<RunRecord>) => {
      keep(dir, passingRun(), more)
      const { links, record } = asked(dir)
      return [links.at(-1)?.[1], ...record.links.at(-1).evidence.slice(0, -behind)]
    }
    expect(doubts({ context: measuredOn('4-5') })).toEqual([
      'undecided',
      'the isolated CPUs 6-7 were not measured',
    ])
    const { thresholds } = passingRun()
    const eased = thresholds.map((one) => (one.tool === 'oslat' ? { ...one, limit: 1000 } : one))
    expect(doubts({ thresholds: eased })).toEqual([
      'undecided',
      expect.stringMatching(/^it was not judged by oslat max <= 20 µs \(RHEL RT, .*quick\.conf:\d+\)$/),
    ])
    expect(doubts({ durationS: 10 })).toEqual(['undecided', 'it lasted 10 s, and quick lasts 10 min'])
    expect(doubts({})[0]).toBe('pass')
  })

  it('does not take a failed suite back because a shorter one passed after it', () => {
    const dir = tuned()
    const acceptance = { ...failingRun().suite!, name: 'acceptance' }
    const id = keep(dir, failingRun(), { suite: acceptance }, 8)
    keep(dir, passingRun())
    const { code, links, record } = asked(dir)
    expect([code, links.at(-1)?.[1], record.links.at(-1).evidence.at(-1)]).toEqual([
      1,
      'fail',
      expect.stringContaining(`run ${id}, suite acceptance`),
    ])
    expect(asked(dir, '--suite', 'quick').links.at(-1)?.[1]).toBe('pass')
    expect(asked(dir, '--run', 'latest').links.at(-1)?.[1]).toBe('pass')
    // of another tuning it says nothing
    keep(dir, failingRun(), { suite: acceptance, tuning: { profile: null, state: 'none' } }, 8)
    expect(asked(dir).links.at(-1)?.[1]).toBe('pass')
  })

  it('does not take a run of before the profile’s settings were changed, across a reboot either', () => {
    const dir = tuned()
    const { digest } = JSON.parse(quietcore('status', '--root', dir, '--json').stdout)
    keep(dir, passingRun(), { tuning: { profile: 'quiet', state: 'ok', digest } })
    expect(asked(dir).links.at(-1)?.[1]).toBe('pass')
    write(dir, '/etc/quietcore/profiles/quiet/profile.conf', PROFILE.replace('=10', '=11'))
    expect(quietcore('apply', 'quiet', '--root', dir).code).toBe(0)
    write(dir, '/proc/sys/kernel/random/boot_id', '11111111-2222-3333-4444-555555555555\n')
    expect(quietcore('apply', 'quiet', '--root', dir).code).toBe(0)
    expect(asked(dir).links.at(-1)).toEqual([
      'validation',
      'undecided',
      'the profile quiet asks for other settings than when it was measured',
    ])
  })

  it('is undecided beside guests that no libvirt answers for, and a nova-compute with a file elsewhere', () => {
    const dir = made(CMDLINE, [
      { tid: 8000, comm: 'qemu-kvm' },
      { tid: 8001, pid: 8000, comm: 'CPU 0/KVM', cpus: '4' },
      { tid: 9000, comm: 'nova-compute' },
    ])
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    quietcore('apply', 'quiet', '--root', dir)
    keep(dir, passingRun())
    const { code, links } = asked(dir)
    expect([code, links.slice(1, 4)]).toEqual([
      4,
      [
        ['nova-conf', 'undecided', 'nova-compute runs here (pid 9000), and there is no /etc/nova/nova.conf'],
        NO_CLOUD,
        [
          'domain',
          'undecided',
          'guests run here (pid 8000) and were not looked at: there is no libvirt on this machine (no virsh)',
        ],
      ],
    ])
  })

  it('holds nova.conf against the profile and against the kernel', () => {
    const dir = tuned()
    keep(dir, passingRun())
    write(dir, '/etc/nova/nova.conf', '[DEFAULT]\ntransport_url = rabbit://nova:rabbit-password@c\n')
    const before = quietcore('gate', '--root', dir, '--json')
    expect(before.stdout).not.toContain('rabbit-password')
    expect(asked(dir).links.filter(([name]: string[]) => /nova/.test(name!))).toEqual([
      ['nova-conf /etc/nova/nova.conf', 'fail', expect.stringMatching(/^nova \S+: \d of \d options differ$/)],
      [
        'agreement nova.conf and host',
        'fail',
        '/etc/nova/nova.conf dedicates no CPU, the kernel isolates 4-7',
      ],
    ])
    expect(quietcore('nova', 'conf', 'apply', '--root', dir).code).toBe(0)
    const after = asked(dir)
    expect([after.code, after.verdict]).toEqual([0, { result: 'pass', reasons: ['All 4 links hold.'] }])
    write(dir, '/etc/nova/nova-compute.conf', '[compute]\ncpu_dedicated_set = 2-3\n')
    expect([asked(dir).code, asked(dir).links[1]?.[1]]).toEqual([4, 'undecided'])
  })

  it('says that nova would not start with such a nova.conf', () => {
    const dir = tuned()
    write(
      dir,
      '/etc/nova/nova.conf',
      '[compute]\ncpu_dedicated_set = 4-7\ncpu_shared_set = 7-9\n[libvirt]\ncpu_power_management = true\n',
    )
    const [, nova] = asked(dir, '--nova-skip', 'compute.cpu_shared_set').links
    expect(nova?.slice(0, 2)).toEqual(['nova-conf /etc/nova/nova.conf', 'fail'])
  })

  it('audits a domain’s file for this host, and compares its pins and pages', () => {
    const dir = tuned()
    const { links } = asked(dir, '--domain', 'test/fixtures/domains/fit.xml')
    expect(links.filter(([name]: string[]) => /fit/.test(name!))).toEqual([
      ['domain fit', 'fail', 'F5: guest memory is on node 1; its real-time vCPUs run on node 0'],
      ['agreement fit and isolated CPUs', 'pass', 'real-time vCPUs 1-3 run on CPUs 5-7, all isolated'],
      ['agreement fit and page sizes', 'pass', 'pages of 1048576 KiB, which the host has'],
    ])
  })

  it('leaves out what is skipped, and is no pass without a measurement', () => {
    const dir = tuned()
    const skip = ['nova-conf', 'flavors', 'domains', 'validation'].flatMap((link) => ['--skip', link])
    const { code, links, verdict } = asked(dir, ...skip)
    expect(links.slice(1).map(([name, ...rest]: string[]) => [name, ...rest])).toEqual(
      ['nova-conf', 'flavor', 'domain', 'validation'].map((kind) => [kind, 'absent', 'left out with --skip']),
    )
    expect([code, verdict]).toEqual([4, { result: 'undecided', reasons: ['No latency was measured.'] }])
  })

  it('is undecided where nothing is applied, and where a machine that is not live shall be measured', () => {
    const dir = tuned()
    expect(asked(dir, '--new').links.at(-1)).toEqual([
      'validation',
      'undecided',
      `only this machine can be measured, not one laid out under ${dir}`,
    ])
    quietcore('off', '--root', dir)
    expect(asked(dir).links[0]).toEqual([
      'tuning',
      'undecided',
      'no profile is applied to this machine, and none was named',
    ])
  })

  it('writes its report to a file', () => {
    const dir = tuned()
    const answer = quietcore('gate', '--root', dir, '--format', 'junit', '--output', join(dir, 'gate.xml'))
    expect(answer).toEqual({ code: 4, stdout: '', stderr: `The report is in ${join(dir, 'gate.xml')}.\n` })
    expect(readFileSync(join(dir, 'gate.xml'), 'utf8')).toMatch(/^<\?xml .*\n<testsuites>\n/)
  })
})

describe('bad input', () => {
  let dir: string
  beforeAll(() => {
    dir = made()
    quietcore('apply', 'quiet', '--root', dir)
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  it.each([
    [['--new', '--run', 'latest'], '--new measures now; it takes no --run'],
    [['--suite', 'a', '--run', 'latest'], '--run names one run; it takes no --suite'],
    [['--skip', 'domains', '--domain', 'x'], '--skip domains leaves out what --domain names'],
    [['--skip', 'tuning'], "--skip takes nova-conf, flavors, domains, validation, not 'tuning'"],
    [['--guest', 'du-1'], "the guest 'du-1' cannot be read: it has no NAME="],
    [['--guest', 'a=ssh:h', '--guest', 'a=ssh:i'], 'two guests have one name'],
    [['--guest-command', ' '], '--guest-command is empty'],
    [['--max-age', '30'], "'30' is not a duration above zero"],
    [['--run', '20260101T000000Z-quick'], "there is no run '20260101T000000Z-quick'"],
    [['--new', '--suite', 'nonesuch'], "there is no suite 'nonesuch'"],
    [['--profile', 'nonesuch'], 'nonesuch'],
    [['--nova-conf', '/etc/nova/other.conf'], '/etc/nova/other.conf: there is no such file'],
    [['--nova-skip', 'DEFAULT.debug'], "--nova-skip: 'DEFAULT.debug' is no option that quietcore writes"],
    [['--domain', '/nonexistent/x.xml'], '/nonexistent/x.xml: there is no such file'],
    [['--shared-cores', '3-1'], "the range '3-1' runs backwards"],
    [['--set', 'x'], "--set wants key=value, not 'x'"],
    [['--format', 'pdf'], "argument 'pdf' is invalid"],
  ])('%j ends with 2', (args, message) => {
    const { code, stdout, stderr } = quietcore('gate', '--root', dir, ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})

describe.skipIf(SSHD_MISSING !== '')(`a guest behind a real sshd${SSHD_MISSING}`, () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())

  /** The host's chain with the guest `fit`, whose quietcore is ours with the guest's root. */
  function withGuest(host: string, guest: string, ...args: string[]) {
    return asked(
      host,
      ...sshd.options.flatMap((option) => ['--ssh-option', option]),
      ...['--guest', `fit=ssh:${sshd.user}@127.0.0.1:${sshd.port}`],
      ...['--guest-command', `${process.execPath} ${resolve('dist/quietcore.js')} --root ${guest}`],
      ...args,
    )
  }
  const ofGuest = (links: string[][]) => links.filter(([name]) => /guest/.test(name!))

  it('passes with the guest’s own verify and last run, and holds its CPUs against the domain', () => {
    const [host, guest] = [tuned(), tuned(CMDLINE.replace('4-7', '2-3'))]
    keep(host, passingRun())
    keep(guest, passingRun(), {
      kernel: {
        ...passingRun().kernel!,
        release: '6.1.0-21-rt-amd64',
        cmdline: CMDLINE.replace('4-7', '2-3'),
      },
    })
    const answer = withGuest(host, guest)
    expect(ofGuest(answer.links)).toEqual([
      ['guest-tuning fit', 'pass', 'quiet: 1 as wanted'],
      ['guest-validation fit', 'pass', passingRun().verdict.reasons[0]!.replace(/\.$/, '')],
      ['agreement guest fit and its domain', 'absent', 'no domain was audited'],
    ])
    expect([answer.code, answer.verdict.reasons]).toEqual([0, ['All 4 links hold.']])
    const compared = withGuest(host, guest, '--domain', 'test/fixtures/domains/fit.xml')
    expect(ofGuest(compared.links).at(-1)).toEqual([
      'agreement guest fit and domain fit',
      'pass',
      'the guest isolates 2-3 of the real-time vCPUs 1-3; 1 keep house',
    ])
  })

  it('is undecided when a crash cut the guest’s apply short, and when its settings are other ones now', () => {
    const [host, guest] = [tuned(), tuned()]
    keep(host, passingRun())
    keep(guest, passingRun(), { tuning: { profile: 'quiet', state: 'ok', digest: '0'.repeat(16) } })
    expect(ofGuest(withGuest(host, guest).links)[1]).toEqual([
      'guest-validation fit',
      'undecided',
      'the profile quiet asks for other settings than when it was measured',
    ])
    const journal = new Journal(openRoot(guest))
    const time = new Date().toISOString()
    const begin = { type: 'begin', operation: 'apply', profile: 'quiet', bootId: 'b', time } as const
    journal.begin(journal.read().settled, begin)
    expect(ofGuest(withGuest(host, guest).links)[0]).toEqual([
      'guest-tuning fit',
      'undecided',
      'an apply in fit did not end',
    ])
  })

  it('fails when a setting differs in the guest, or when its last run failed', () => {
    const [host, guest] = [tuned(), tuned()]
    keep(host, passingRun())
    keep(guest, failingRun())
    write(guest, '/proc/sys/vm/swappiness', '60\n')
    const { code, links } = withGuest(host, guest)
    expect([code, ofGuest(links).map(([, state]) => state)]).toEqual([1, ['fail', 'fail', 'absent']])
  })

  it('holds its last run against its own suites and CPUs, as the host’s', () => {
    const [host, guest] = [tuned(), tuned()]
    keep(guest, failingRun(), { suite: { ...passingRun().suite!, name: 'acceptance' } }, 3)
    keep(guest, passingRun(), { context: measuredOn('5-7') }, 2)
    const validation = (...args: string[]) => {
      const { links } = withGuest(host, guest, '--skip', 'validation', ...args).record
      const { state, evidence, next } = links.find((one: Link) => one.kind === 'guest-validation')
      return [state, evidence[0], next]
    }
    const failed = failingRun().verdict.reasons[0]!.replace(/\.$/, '')
    expect(validation()).toEqual(['fail', failed, ['in fit: quietcore report latest tells more']])
    const quick = ['--suite', passingRun().suite!.name]
    const next = ['in fit: quietcore gate --new measures with the tuning in force']
    expect(validation(...quick, '--max-age', '90min')).toEqual([
      'undecided',
      'it is 2 h old, and may be 90 min',
      next,
    ])
    expect(validation(...quick)).toEqual(['undecided', 'the isolated CPUs 4 were not measured', next])
  })

  it('is undecided in the guest’s own words when it has no profile and no run', () => {
    const [host, guest] = [tuned(), tuned()]
    quietcore('off', '--root', guest)
    const { code, links } = withGuest(host, guest)
    expect([code, ofGuest(links).slice(0, 2)]).toEqual([
      4,
      [
        [
          'guest-tuning fit',
          'undecided',
          'quietcore in fit says: no profile is applied to this machine, and none was named',
        ],
        ['guest-validation fit', 'undecided', 'no run is kept in /var/lib/quietcore/runs'],
      ],
    ])
  })

  it('is undecided when quietcore is not there, when the key is refused, and when nobody listens', () => {
    const host = tuned()
    const guest = ['--guest', `fit=ssh:${sshd.user}@127.0.0.1:${sshd.port}`]
    const known = sshd.options.flatMap((option) => ['--ssh-option', option])
    const first = (...args: string[]) => {
      const { code, links } = asked(host, ...args)
      return [code, ofGuest(links)[0]?.slice(1)]
    }
    expect(first(...known, ...guest, '--guest-command', '/nonexistent/quietcore')).toEqual([
      4,
      ['undecided', expect.stringContaining("'/nonexistent/quietcore status --json' in fit ended with 127")],
    ])
    expect(first(...known.slice(2), ...guest, '--ssh-option', 'IdentityFile=none')).toEqual([
      4,
      ['undecided', expect.stringMatching(/^the guest fit cannot be reached by ssh: .*Permission denied/)],
    ])
    expect(
      first(
        '--ssh-option',
        'UserKnownHostsFile=/dev/null',
        '--ssh-option',
        'StrictHostKeyChecking=yes',
        ...guest,
      ),
    ).toEqual([4, ['undecided', 'the guest fit cannot be reached by ssh: Host key verification failed.']])
    expect(first('--guest', 'fit=ssh:127.0.0.1:1')).toEqual([
      4,
      ['undecided', expect.stringMatching(/^the guest fit cannot be reached by ssh: .*Connection refused/)],
    ])
  })
})
