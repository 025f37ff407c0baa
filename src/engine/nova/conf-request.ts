import { CpuSet } from '../../core/cpu/cpu-set.ts'
import { InputError } from '../../core/errors.ts'
import { NEWEST, RELEASES, type Release, releaseNamed } from '../../core/nova/release.ts'
import { readCpulist } from '../../core/profile/functions/tuned-cpulist.ts'
import type { Root } from '../../host/ports.ts'
import type { Machine } from '../../settings/kind.ts'
import { readJournal, requireActive } from '../active.ts'
import { choiceFrom } from '../active-choice.ts'
import { functionEnv } from '../function-env.ts'
import { type ProfileChoice, resolveProfile } from '../resolve-profile.ts'

/** What `quietcore nova conf` was asked for. */
export interface ConfRequest {
  path: string
  /** default: the profile in force */
  profile?: ProfileChoice
  /** default: as installed on the machine, else the newest */
  release?: string
  /** cpulist: instead of what is left of the housekeeping CPUs */
  shared?: string
  /** cpulist of housekeeping CPUs that nova gets nothing of; default: the first core */
  hostKeeps?: string
  reservedHugePages: readonly string[]
  /** a scheduler reads this file; default: when it sets enabled_filters */
  scheduler?: boolean
  /** guests of this node need no screen */
  headless?: boolean
  /** `section.key`: options to leave alone */
  skip: readonly string[]
}

/** The isolated CPUs of the profile that is named, or in force. @throws InputError `nothing-isolated` */
export function isolatedCpus(request: ConfRequest, machine: Machine): { profile: string; isolated: CpuSet } {
  const choice = request.profile ?? choiceFrom(requireActive(readJournal(machine.ports)))
  const profile = resolveProfile(choice, machine)
  const text = profile.variables.get('isolated_cores') ?? ''
  const call = { env: functionEnv(machine), place: { file: profile.path }, warn: () => {} }
  const isolated = readCpulist(text, call) ?? CpuSet.empty
  if (isolated.size > 0) return { profile: profile.name, isolated }
  throw new InputError({
    code: 'nothing-isolated',
    message: `the profile ${profile.name} isolates no CPU, so that nova has none to dedicate`,
    place: { file: profile.path },
    next: 'Give them with --isolated-cores, or name a profile that isolates CPUs with --profile.',
  })
}

/** Housekeeping less what the host keeps; all of it, and said so, when nothing is left. */
export function sharedCpus(
  request: ConfRequest,
  isolated: CpuSet,
  { facts }: Machine,
): { shared: CpuSet; hostHasNone: boolean } {
  if (request.shared !== undefined) return { shared: CpuSet.parse(request.shared), hostHasNone: false }
  const housekeeping = facts.cpu.online.minus(isolated)
  const first = facts.cpu.places.find(({ cpu }) => cpu === housekeeping.first)
  const keeps =
    request.hostKeeps === undefined ? (first?.siblings ?? CpuSet.empty) : CpuSet.parse(request.hostKeeps)
  const left = housekeeping.minus(keeps)
  return left.size > 0 ? { shared: left, hostHasNone: false } : { shared: housekeeping, hostHasNone: true }
}

const PACKAGES = ['/usr/lib/python3*/dist-packages', '/usr/lib/python3*/site-packages']

/** The release asked for, else the one whose Python package is installed, else the newest. */
export function novaRelease({ release }: ConfRequest, root: Root): Release {
  if (release !== undefined) return releaseNamed(release)
  const installed = PACKAGES.flatMap((folder) => root.glob(`${folder}/nova-*-info`)).at(0)
  const major = /\/nova-(\d+)\./.exec(installed ?? '')?.[1]
  return RELEASES.find((one) => String(one.major) === major) ?? NEWEST
}
