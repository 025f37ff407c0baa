import { GATE_SCHEMA_VERSION, type GateRecord } from '../../core/gate/gate-record.ts'
import { joinLinks } from '../../core/gate/join-links.ts'
import { LINK_KINDS, type Link } from '../../core/gate/link.ts'
import { type SideBySide, sideBySide } from '../../core/gate/side-by-side.ts'
import type { Present } from '../../core/gate/validation-link.ts'
import type { Suite } from '../../core/suite/suite.ts'
import type { Machine } from '../../settings/kind.ts'
import { chooseSuite } from '../measure/choose-suite.ts'
import { profileThresholds } from '../measure/profile-thresholds.ts'
import type { Progress } from '../measure/progress.ts'
import { openSuites } from '../measure/suite-library.ts'
import { agreements, flavorsOf } from './agreements.ts'
import { domains } from './domains.ts'
import { flavors } from './flavors.ts'
import type { GateRequest } from './gate-request.ts'
import {
  type GuestLook,
  type GuestQuestion,
  type GuestRunLook,
  guestValidation,
  lookAtGuest,
} from './guests.ts'
import { type HostMeasurement, measureHost } from './host-measurement.ts'
import { hostTuning } from './host-tuning.ts'
import { keptValidation } from './kept-validation.ts'
import { novaConf } from './nova-conf.ts'
import { openGuest } from './open-guest.ts'

export interface GateOptions {
  quietcoreVersion: string
  /** this process, for staying aside */
  self: number
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
}

/**
 * Looks at the whole chain: each link answers for itself, and what one cannot answer makes it undecided, never the
 * others. Only bad input ends it.
 * @throws InputError for what was named and is not there, or cannot be read
 */
export async function gate(
  request: GateRequest,
  machine: Machine,
  options: GateOptions,
): Promise<GateRecord> {
  const { ports, facts } = machine
  const [startedAt, startedMs] = [ports.clock.now(), ports.clock.monotonicMs()]
  // What is bad input is said before anything is measured.
  const suite = newSuite(request, machine)
  const tuning = await hostTuning(machine, request.profile)
  const present: Present = {
    profile: tuning.choice?.name ?? null,
    kernelRelease: facts.kernel.release,
    cmdline: facts.cmdline,
    bootId: facts.kernel.bootId,
    since: tuning.since,
    digest: tuning.digest,
    isolated: facts.cpu.isolated,
  }
  const kept = suite ? undefined : keptValidation(request, present, machine)
  const nova = novaConf(request, tuning.choice, machine)
  const domainLook = await domains(request, ports)
  const audited = domainLook.subjects.map(({ domain }) => domain)
  const flavorLook = await flavors(request, flavorsOf(audited))
  const guests = request.guests.map(
    (address): GuestQuestion => ({
      guest: openGuest(address, request, ports.runner),
      command: request.guestCommand,
      clock: ports.clock,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }),
  )
  const looks = await Promise.all(guests.map(lookAtGuest))
  const { host, runs } = await measure(request, { suite, kept, present, guests, looks }, machine, options)
  const compared = agreements({
    facts,
    sets: nova.sets,
    domains: audited,
    flavors: flavorLook.booted,
    allFlavors: flavorLook.all,
    guests: looks.map(({ isolated }, at) => ({ address: request.guests[at]!, isolated })),
  })
  const links = inOrder([
    tuning.link,
    nova.link,
    ...flavorLook.links,
    ...domainLook.links,
    ...host.links,
    ...looks.flatMap(({ link }, at) => [link, runs[at]!.link]),
    ...compared,
  ])
  return {
    schemaVersion: GATE_SCHEMA_VERSION,
    quietcoreVersion: options.quietcoreVersion,
    startedAt: startedAt.toISOString(),
    durationS: Math.round(ports.clock.monotonicMs() - startedMs) / 1000,
    host: { name: facts.hostname, kernel: facts.kernel.release },
    profile: tuning.choice?.name ?? null,
    links,
    sideBySide: request.validation.kind === 'new' ? besides(guests, runs, host) : [],
    verdict: joinLinks(links),
  }
}

interface Asked {
  /** to be run now */
  suite: Suite | undefined
  /** else the last run */
  kept: Link | undefined
  present: Present
  guests: readonly GuestQuestion[]
  looks: readonly GuestLook[]
}

/** The host's run and each guest's: kept ones, or new ones that start together. */
async function measure(
  request: GateRequest,
  { suite, kept, present, guests, looks }: Asked,
  machine: Machine,
  options: GateOptions,
): Promise<{ host: HostMeasurement; runs: GuestRunLook[] }> {
  const ofGuests = guests.map((guest, at) =>
    guestValidation(guest, request.validation, suite?.name ?? '', looks[at]!.present),
  )
  const host = suite
    ? measureHost(
        request,
        {
          suite,
          library: openSuites(machine.ports.root),
          options: { ...options, force: false, pin: 'affinity' },
          guests: guests.length > 0,
        },
        present,
        machine,
      )
    : Promise.resolve({ links: kept ? [kept] : [], run: null, missing: '' })
  const [hostRun, ...runs] = await Promise.all([host, ...ofGuests])
  return { host: hostRun, runs }
}

function newSuite({ validation }: GateRequest, machine: Machine): Suite | undefined {
  if (validation.kind !== 'new') return undefined
  const name = validation.suite === undefined ? {} : { name: validation.suite }
  const choice = { ...name, thresholds: [], profileThresholds: profileThresholds(machine) }
  return chooseSuite(choice, openSuites(machine.ports.root))
}

function besides(
  guests: readonly GuestQuestion[],
  runs: readonly GuestRunLook[],
  { run: host, missing: hostMissing }: HostMeasurement,
): SideBySide[] {
  return runs.flatMap(({ run, clock }, at) =>
    run ? [sideBySide({ guest: guests[at]!.guest.name, run, clock, host, hostMissing })] : [],
  )
}

function inOrder(links: readonly Link[]): Link[] {
  return [...links].sort((a, b) => LINK_KINDS.indexOf(a.kind) - LINK_KINDS.indexOf(b.kind))
}
