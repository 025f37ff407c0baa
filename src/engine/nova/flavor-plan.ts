import { InputError } from '../../core/errors.ts'
import { checkSyntax } from '../../core/nova/check-syntax.ts'
import { NO_IMAGE } from '../../core/nova/flavor.ts'
import { type FlavorDifference, flavorDifference } from '../../core/nova/flavor-difference.ts'
import { type LintAnswer, lintFlavor } from '../../core/nova/lint.ts'
import { type Asked, isMarker } from '../../core/nova/managed-keys.ts'
import { USUAL_PROFILE, wantedSpecs } from '../../core/nova/realtime-flavor.ts'
import { newestOfMicroversion, type Release, releaseOfMicroversion } from '../../core/nova/release.ts'
import type { Warning } from '../../core/warning.ts'
import type { NovaApi, NovaFlavor } from '../../host/openstack/nova.ts'

export interface FlavorSize {
  vcpus: number
  ramMb: number
  diskGb: number
}

/** What `quietcore nova flavor` was asked for. */
export interface FlavorRequest {
  names: readonly string[]
  /** default: the one that was applied, else realtime-virtual-guest */
  profile?: string
  /** extra specs that win over the profile's; an empty value: not wanted */
  set: ReadonlyMap<string, string>
  /** make a flavor that is not there */
  create?: FlavorSize
  /** change flavors that servers run with, too */
  inUse: boolean
}

export interface FlavorPlan {
  name: string
  /** null: it is to be created */
  id: string | null
  size: FlavorSize
  difference: FlavorDifference
  lint: LintAnswer
  state: 'ok' | 'differs' | 'missing'
}

export interface FlavorsPlan {
  microversion: string
  /** at least this release, by the newest microversion that the server speaks */
  release: Release
  wanted: readonly { key: string; value: string; why: string }[]
  flavors: readonly FlavorPlan[]
  warnings: readonly Warning[]
}

/**
 * Compares flavors with what the profile wants of them. Nothing is written.
 * @throws InputError for an unknown flavor without --create, and for one that nova would not boot
 */
export async function planFlavors(request: FlavorRequest, api: NovaApi): Promise<FlavorsPlan> {
  const release = releaseOfMicroversion(api.newest)
  const wanted = wantedBy(request, release)
  const want = new Map(wanted.map(({ key, value }) => [key, value]))
  // What the server may know is not refused: it may be the newer of two releases with one microversion.
  const judge = newestOfMicroversion(api.newest)
  refuseBadSyntax(want, judge)
  const all = await api.flavors()
  const flavors = [...new Set(request.names)].map((name) => planOne(name, want, all, request, judge))
  const use = await useOf(flavors, api)
  if (use.used.length > 0 && !request.inUse) throw inUse(use.used)
  return { microversion: api.microversion, release, wanted, flavors, warnings: warningsOf(api, use) }
}

export function wantedBy(
  { profile = USUAL_PROFILE, set }: Pick<FlavorRequest, 'profile' | 'set'>,
  release: Release,
) {
  const base = wantedSpecs(profile, release).filter(({ key }) => !set.has(key))
  const own = [...set].filter(([, value]) => value !== '')
  return [...base, ...own.map(([key, value]) => ({ key, value, why: 'asked for with --set' }))]
}

/** What the flavor is to remember of the request: the next `verify` judges it by that. */
function askedBy({ profile, set }: FlavorRequest): Asked {
  return { set, ...(profile === undefined || profile === USUAL_PROFILE ? {} : { profile }) }
}

function planOne(
  name: string,
  want: ReadonlyMap<string, string>,
  all: readonly NovaFlavor[],
  request: FlavorRequest,
  release: Release,
): FlavorPlan {
  const there = all.find((one) => one.name === name) ?? all.find((one) => one.id === name)
  if (!there && !request.create) throw unknown(name)
  const size = there ?? request.create!
  const difference = flavorDifference(want, there?.specs ?? new Map(), askedBy(request))
  const lint = lintFlavor(
    { vcpus: size.vcpus, ramMb: size.ramMb, specs: difference.after },
    NO_IMAGE,
    release,
  )
  const fault = lint.findings.find(({ code }) => NEVER_BOOTS.has(code))
  if (fault || lint.result !== 'OK') throw wouldNotBoot(name, size, fault?.message ?? lint.result)
  const differs = difference.set.size > 0 || difference.remove.length > 0
  return {
    name: there?.name ?? name,
    id: there?.id ?? null,
    size: { vcpus: size.vcpus, ramMb: size.ramMb, diskGb: size.diskGb },
    difference,
    lint,
    state: there ? (differs ? 'differs' : 'ok') : 'missing',
  }
}

function refuseBadSyntax(want: ReadonlyMap<string, string>, release: Release): void {
  for (const [key, value] of want) {
    const fault = checkSyntax(key, value, release)
    if (!fault) continue
    throw new InputError({
      code: 'bad-extra-spec',
      message: `${key}=${value}: ${fault.message}`,
      next: `${fault.fix ? `Did you mean ${fault.fix}? ` : ''}Nothing was changed.`,
    })
  }
}

/** Names of flavors that would change under servers. */
interface FlavorUse {
  used: readonly string[]
  /** this user may not look */
  notKnown: readonly string[]
}

async function useOf(flavors: readonly FlavorPlan[], api: NovaApi): Promise<FlavorUse> {
  const changing = flavors.filter(({ id, difference }) => id !== null && touchesServers(difference))
  const used = await Promise.all(changing.map(({ id }) => api.inUse(id!)))
  const those = (is: boolean | undefined) =>
    changing.filter((_, index) => used[index] === is).map(({ name }) => name)
  return { used: those(true), notKnown: those(undefined) }
}

/** The marker means nothing to nova, and so to no server. */
function touchesServers({ set, remove }: FlavorDifference): boolean {
  return [...set.keys(), ...remove].some((key) => !isMarker(key))
}

/** Below 2.86 a mistaken extra spec is on the server without a word. */
export function serverWarnings(api: NovaApi): Warning[] {
  if (api.checksSpecs) return []
  return [
    {
      code: 'server-does-not-check',
      message: `this nova speaks microversions up to ${api.newest} and checks no extra spec (that came with 2.86); quietcore checked them itself`,
    },
  ]
}

function warningsOf(api: NovaApi, { used, notKnown }: FlavorUse): Warning[] {
  return [
    ...serverWarnings(api),
    ...used.map((name) => ({
      code: 'flavor-in-use',
      message: `servers run with ${name}: they keep the extra specs of their boot until they are resized`,
    })),
    ...notKnown.map((name) => ({
      code: 'flavor-use-not-known',
      message: `whether servers run with ${name} is not known: this user may not list the servers of all projects; any there keep the extra specs of their boot until they are resized`,
    })),
  ]
}

function unknown(name: string): InputError {
  return new InputError({
    code: 'unknown-flavor',
    message: `there is no flavor '${name}', and none was to be created`,
    next: 'Name one of `openstack flavor list --all`, or add --create --vcpus N --ram MIB --disk GIB. Nothing was changed.',
  })
}

/** Findings with which no instance of the flavor ever runs: nova refuses it, or no host fits. */
const NEVER_BOOTS: ReadonlySet<string> = new Set([
  'boot-refused',
  'too-many-vcpus',
  'memory-not-in-pages',
  'page-size-in-bits',
])

function wouldNotBoot(name: string, { vcpus, ramMb }: FlavorSize, why: string): InputError {
  return new InputError({
    code: 'flavor-would-not-boot',
    message: `${name} (${vcpus} vCPUs, ${ramMb} MiB) with these extra specs: ${why}`,
    next: 'Give it more vCPUs, memory in whole pages, or another mask with --set hw:cpu_realtime_mask=^0; remove keys of others that conflict. Nothing was changed.',
  })
}

function inUse(names: readonly string[]): InputError {
  return new InputError({
    code: 'flavor-in-use',
    message: `servers run with ${names.join(', ')}: they would keep their old extra specs, and differ from the flavor they name, until each is resized`,
    next: 'Make a new flavor (--create) and resize to it, or change this one all the same with --in-use. Nothing was changed.',
  })
}
