import { CpuSet } from '../../core/cpu/cpu-set.ts'
import { InputError } from '../../core/errors.ts'
import type { BootedFlavor } from '../../core/gate/agreement/flavor.ts'
import { failedLink } from '../../core/gate/failed-link.ts'
import { absent, type Link } from '../../core/gate/link.ts'
import { NovaApi } from '../../host/openstack/nova.ts'
import { readCloud } from '../../host/openstack/read-cloud.ts'
import { type FlavorVerified, verifyFlavors } from '../nova/flavor-verify.ts'
import type { GateRequest } from './gate-request.ts'

/** Flavors as links, and what nova makes of each when it boots one. */
export interface FlavorLook {
  links: readonly Link[]
  booted: readonly BootedFlavor[]
  /** nova was asked for all of them */
  all: boolean
}

/**
 * Verified over nova's API where credentials are there. No secret is in what comes back.
 * @param ofDomains flavors that real-time domains were booted with: one that asks for real time no more is a finding
 */
export async function flavors(request: GateRequest, ofDomains: readonly string[]): Promise<FlavorLook> {
  const none = (why: string, all = false): FlavorLook => ({ links: [absent('flavor', why)], booted: [], all })
  if (request.skip.includes('flavors')) return none('left out with --skip')
  try {
    const found = await verify(request, ofDomains)
    if (found.length === 0) return none('no flavor asks for real time', true)
    const all = request.flavors.length === 0
    return { links: found.map(flavorLink), booted: found.flatMap(bootedFlavor), all }
  } catch (error) {
    const asked = request.flavors.length > 0 || request.osCloud !== undefined
    if (!asked && error instanceof InputError && error.code === 'no-credentials') {
      return none('no credentials for OpenStack are given')
    }
    return { links: [failedLink('flavor', null, error)], booted: [], all: false }
  }
}

async function verify(
  { flavors, osCloud, flavorSet }: GateRequest,
  also: readonly string[],
): Promise<readonly FlavorVerified[]> {
  const api = await NovaApi.open(readCloud(osCloud === undefined ? {} : { cloud: osCloud }))
  try {
    return (await verifyFlavors({ names: flavors, set: flavorSet, also }, api)).flavors
  } finally {
    api.close()
  }
}

function flavorLink({ name, state, keys, lint }: FlavorVerified): Link {
  const open = keys.filter((key) => key.state !== 'ok' && key.state !== 'foreign')
  const faults = lint?.findings.filter(({ severity }) => severity === 'error') ?? []
  const realtime = lint && lint.realtimeVcpus.length > 0 ? CpuSet.of(lint.realtimeVcpus) : 'none'
  return {
    kind: 'flavor',
    subject: name,
    state: state === 'ok' && faults.length === 0 ? 'pass' : 'fail',
    evidence: [
      state === 'missing' ? 'there is no such flavor' : `${state}, real-time vCPUs ${realtime}`,
      ...open.map(({ key, want, have }) => `${key}: want ${want ?? 'not set'}, have ${have ?? 'not set'}`),
      ...faults.map(({ key, message }) => (key === undefined ? message : `${key}: ${message}`)),
    ],
    next: [
      ...(state === 'missing' ? [`quietcore nova flavor apply ${name} --create makes it`] : []),
      ...(state === 'differs' ? [`quietcore nova flavor plan ${name} shows what to set`] : []),
      ...new Set(faults.flatMap(({ fix }) => (fix === undefined ? [] : [fix]))),
    ],
  }
}

function bootedFlavor({ name, lint }: FlavorVerified): BootedFlavor[] {
  if (!lint?.constraints) return []
  const { realtimeVcpus, constraints } = lint
  return [{ name, realtime: CpuSet.of(realtimeVcpus), pageSizeKib: constraints.pageSizeKib }]
}
