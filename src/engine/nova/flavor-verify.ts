import { NO_IMAGE } from '../../core/nova/flavor.ts'
import { flavorDifference, type KeyDifference } from '../../core/nova/flavor-difference.ts'
import { type LintAnswer, lintFlavor } from '../../core/nova/lint.ts'
import { releaseOfMicroversion } from '../../core/nova/release.ts'
import type { NovaApi } from '../../host/openstack/nova.ts'
import { type FlavorRequest, type FlavorSize, realtimeFlavors, wantedBy } from './flavor-plan.ts'

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
}

/** How flavors stand: the named ones, else all that ask for real time or carry quietcore's marker; one request. */
export async function verifyFlavors(
  request: Pick<FlavorRequest, 'names' | 'profile' | 'set'>,
  api: NovaApi,
): Promise<FlavorsVerified> {
  const release = releaseOfMicroversion(api.newest)
  const want = new Map(wantedBy(request, release).map(({ key, value }) => [key, value]))
  const all = await api.flavors()
  const names = request.names.length > 0 ? request.names : realtimeFlavors(all)
  const flavors = names.map((name): FlavorVerified => {
    const there = all.find((one) => one.name === name) ?? all.find((one) => one.id === name)
    if (!there) return { name, id: null, size: null, state: 'missing', keys: [], lint: null }
    const { keys } = flavorDifference(want, there.specs)
    const lint = lintFlavor({ vcpus: there.vcpus, ramMb: there.ramMb, specs: there.specs }, NO_IMAGE, release)
    const drifted = keys.some(({ state }) => state !== 'ok' && state !== 'foreign')
    const { id, vcpus, ramMb, diskGb } = there
    const state = drifted || lint.result !== 'OK' ? 'differs' : 'ok'
    return { name: there.name, id, size: { vcpus, ramMb, diskGb }, state, keys, lint }
  })
  return { microversion: api.microversion, flavors }
}
