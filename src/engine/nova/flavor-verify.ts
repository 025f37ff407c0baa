import { asksForRealtime } from '../../core/nova/asks-for-realtime.ts'
import { NO_IMAGE } from '../../core/nova/flavor.ts'
import { flavorDifference, type KeyDifference } from '../../core/nova/flavor-difference.ts'
import { type LintAnswer, lintFlavor } from '../../core/nova/lint.ts'
import { askedOf } from '../../core/nova/managed-keys.ts'
import { hasFlavor } from '../../core/nova/realtime-flavor.ts'
import { newestOfMicroversion, type Release, releaseOfMicroversion } from '../../core/nova/release.ts'
import type { Warning } from '../../core/warning.ts'
import type { NovaApi, NovaFlavor } from '../../host/openstack/nova.ts'
import { type FlavorRequest, type FlavorSize, serverWarnings, wantedBy } from './flavor-plan.ts'

export interface FlavorVerified {
  name: string
  /** null: there is no such flavor */
  id: string | null
  size: FlavorSize | null
  state: 'ok' | 'differs' | 'missing'
  keys: readonly KeyDifference[]
  /** what nova makes of the flavor as it stands */
  lint: LintAnswer | null
}

export interface FlavorsVerified {
  microversion: string
  flavors: readonly FlavorVerified[]
  warnings: readonly Warning[]
}

interface VerifyRequest extends Pick<FlavorRequest, 'names' | 'profile' | 'set'> {
  /** without names: these as well, where they are there and whatever they ask for */
  also?: readonly string[]
}

/**
 * How flavors stand, in one request: the named ones, else all that ask for real time or carry quietcore's marker. Each is
 * held against what was asked for when it was applied; what the request says wins over that.
 */
export async function verifyFlavors(request: VerifyRequest, api: NovaApi): Promise<FlavorsVerified> {
  const release = releaseOfMicroversion(api.newest)
  const all = await api.flavors()
  const found =
    request.names.length > 0
      ? request.names.map(
          (name) => all.find((one) => one.name === name) ?? all.find(({ id }) => id === name) ?? name,
        )
      : all.filter((flavor) => asksForRealtime(flavor, release) || request.also?.includes(flavor.name))
  // A profile that has no flavor is said even where there is nothing to hold against it.
  wantedBy(request, release)
  const flavors = found.map((flavor) =>
    typeof flavor === 'string'
      ? missing(flavor)
      : verified(flavor, request, release, newestOfMicroversion(api.newest)),
  )
  return { microversion: api.microversion, flavors, warnings: serverWarnings(api) }
}

function missing(name: string): FlavorVerified {
  return { name, id: null, size: null, state: 'missing', keys: [], lint: null }
}

/** Not ok: drifted, or with an extra spec that nova refuses or that does not do what it says. */
function verified(
  flavor: NovaFlavor,
  request: VerifyRequest,
  release: Release,
  judge: Release,
): FlavorVerified {
  const { name, id, vcpus, ramMb, diskGb, specs } = flavor
  const want = new Map(wantedBy(askedFor(specs, request), release).map(({ key, value }) => [key, value]))
  const { keys } = flavorDifference(want, specs)
  const lint = lintFlavor({ vcpus, ramMb, specs }, NO_IMAGE, judge)
  const drifted = keys.some(({ state }) => state !== 'ok' && state !== 'foreign')
  const faulty = lint.result !== 'OK' || lint.findings.some(({ severity }) => severity === 'error')
  const state = drifted || faulty ? 'differs' : 'ok'
  return { name, id, size: { vcpus, ramMb, diskGb }, state, keys, lint }
}

function askedFor(
  specs: ReadonlyMap<string, string>,
  request: VerifyRequest,
): Pick<FlavorRequest, 'profile' | 'set'> {
  const asked = askedOf(specs)
  const remembered = asked.profile !== undefined && hasFlavor(asked.profile) ? asked.profile : undefined
  const profile = request.profile ?? remembered
  return { set: new Map([...asked.set, ...request.set]), ...(profile === undefined ? {} : { profile }) }
}
