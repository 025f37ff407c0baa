import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { GateRecord } from '../../../src/core/gate/gate-record.ts'
import { joinLinks } from '../../../src/core/gate/join-links.ts'
import { absent, type Link } from '../../../src/core/gate/link.ts'
import type { RunEvidence } from '../../../src/core/gate/run-evidence.ts'
import { type SideBySide, sideBySide } from '../../../src/core/gate/side-by-side.ts'
import { type Present, validationLink } from '../../../src/core/gate/validation-link.ts'

export const NOW = new Date('2026-11-22T20:00:00.000Z')
export const DAY_S = 86_400

/** The host as it is now; its runs are of this kernel and profile. */
export const PRESENT: Present = {
  profile: 'realtime-virtual-host',
  kernelRelease: '6.1.0-28-rt-amd64',
  cmdline: 'root=/dev/sda1 ro isolcpus=managed_irq,domain,4-7',
  bootId: 'boot-2',
  since: '2026-11-20T08:00:00.000Z',
  digest: '0123456789abcdef',
  isolated: CpuSet.parse('4-7'),
}

/** Ten minutes of cyclictest an hour ago, 17 µs at most. */
export function madeRun(more: Partial<RunEvidence> = {}): RunEvidence {
  return {
    id: '20261122T190000Z-quick',
    suite: { name: 'quick' },
    startedAt: '2026-11-22T19:00:00.000Z',
    durationS: 600,
    kernel: { release: PRESENT.kernelRelease!, cmdline: PRESENT.cmdline! },
    tuning: { profile: PRESENT.profile, state: 'ok', digest: PRESENT.digest! },
    verdict: { result: 'pass', reasons: ['All 8 checks are met.'] },
    measurements: [
      {
        tool: 'cyclictest',
        durationS: 600,
        cpus: [
          { cpu: 4, meanUs: 3, maxUs: 11 },
          { cpu: 5, meanUs: 3, maxUs: 17 },
        ],
        events: [],
      },
    ],
    context: { facts: { 'boot-id': 'boot-2', 'measured-cpus': '4-7' }, changes: [] },
    ...more,
  }
}

/** The same minutes on the host: hwlatdetect on a housekeeping CPU. */
export function madeWatch(maxUs: number | null, timestamp = '1795374100.5'): RunEvidence {
  const events = maxUs === null ? [] : [{ timestamp, cpu: 1, innerUs: maxUs, outerUs: 0 }]
  return madeRun({
    id: '20261122T190000Z-gate-watch',
    suite: { name: 'gate-watch' },
    durationS: 620,
    measurements: [{ tool: 'hwlatdetect', durationS: 620, cpus: [{ cpu: 1, meanUs: null, maxUs }], events }],
  })
}

export function link(kind: Link['kind'], state: Link['state'], more: Partial<Link> = {}): Link {
  return { kind, subject: null, state, evidence: [`the ${kind} is ${state}`], next: [], ...more }
}

function gate(links: readonly Link[], sides: readonly SideBySide[] = []): GateRecord {
  return {
    schemaVersion: 1,
    quietcoreVersion: '0.1.0',
    startedAt: NOW.toISOString(),
    durationS: 1.25,
    host: { name: 'compute-7.example.net', kernel: PRESENT.kernelRelease! },
    profile: PRESENT.profile,
    links,
    sideBySide: sides,
    verdict: joinLinks(links),
  }
}

const TUNED = link('tuning', 'pass', {
  evidence: ['realtime-virtual-host: 112 as wanted, 3 this machine does not have'],
})
const VALID = validationLink({
  guest: null,
  run: madeRun(),
  present: PRESENT,
  asks: null,
  now: NOW,
  maxAgeS: 30 * DAY_S,
})

export function passingGate(): GateRecord {
  return gate([
    TUNED,
    absent('nova-conf', 'there is no /etc/nova/nova.conf'),
    absent('flavor', 'no credentials for OpenStack are given'),
    link('domain', 'pass', { subject: 'du-1', evidence: ['fit, real-time vCPUs 1-3'] }),
    VALID,
    link('agreement', 'pass', {
      subject: 'du-1 and isolated CPUs',
      evidence: ['real-time vCPUs 1-3 run on CPUs 5-7, all isolated'],
    }),
  ])
}

export function failingGate(): GateRecord {
  const run = madeRun({
    id: '20261122T190010Z-quick',
    startedAt: '2026-11-22T19:00:10.000Z',
    verdict: { result: 'fail', reasons: ['cyclictest max < 20 µs is broken on CPU 5: 57 µs.'] },
    measurements: [
      {
        tool: 'cyclictest',
        durationS: 600,
        cpus: [{ cpu: 2, meanUs: 4, maxUs: 57 }],
        events: [],
      },
    ],
    context: { facts: {}, changes: [{ name: 'steal', where: 'CPU 2', note: '+40 ms' }] },
  })
  const present = { ...PRESENT, kernelRelease: null, bootId: null, since: null }
  return gate(
    [
      TUNED,
      link('nova-conf', 'fail', {
        subject: '/etc/nova/nova.conf',
        evidence: [
          'nova zed: 1 of 6 options differ',
          '[compute] cpu_dedicated_set: want 4-7, have 2-5 <&"\'>',
        ],
        next: ['quietcore nova conf apply, then restart nova-compute'],
      }),
      link('domain', 'fail', {
        subject: 'instance-00000012',
        evidence: Array.from({ length: 9 }, (_, at) => `F${at + 1}: finding number ${at + 1} of this domain`),
        next: ['F1: <vcpupin> each real-time vCPU to its own isolated CPU'],
      }),
      VALID,
      validationLink({ guest: 'du-1', run, present, asks: null, now: NOW, maxAgeS: 30 * DAY_S }),
    ],
    [
      sideBySide({
        guest: 'du-1',
        run,
        clock: { aheadMs: -120, withinMs: 40 },
        host: madeWatch(61),
        hostMissing: '',
      }),
      sideBySide({ guest: 'du-2', run, clock: null, host: null, hostMissing: 'no quiet CPU' }),
    ],
  )
}

export function undecidedGate(): GateRecord {
  return gate([
    link('tuning', 'undecided', {
      evidence: ['no profile is applied to this machine, and none was named'],
      next: ['quietcore recommend names a profile, quietcore apply PROFILE applies it'],
    }),
    link('validation', 'undecided', { evidence: ['no run is kept in /var/lib/quietcore/runs'] }),
  ])
}

/** Names that a hostile guest or domain could have. */
export function hostileGate(): GateRecord {
  const name = '<img src=x onerror=\'alert(1)\'>"]]>\u001b[2J\u0000\u202e <failure type="x"/>'
  return gate([
    TUNED,
    VALID,
    link('domain', 'fail', { subject: name, evidence: [name, 'x'.repeat(400)], next: [name] }),
  ])
}
