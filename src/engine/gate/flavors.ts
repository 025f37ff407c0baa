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
}

/** Verified over nova's API where credentials are there. No secret is in what comes back. */
export async function flavors(request: GateRequest): Promise<FlavorLook> {
  const none = (why: string): FlavorLook => ({ links: [absent('flavor', why)], booted: [] })
  if (request.skip.includes('flavors')) return none('left out with --skip')
  try {
    const found = await verify(request)
    if (found.length === 0) return none('no flavor asks for real time')
    return { links: found.map(flavorLink), booted: found.flatMap(bootedFlavor) }
  } catch (error) {
    const asked = request.flavors.length > 0 || request.osCloud !== undefined
    if (!asked && error instanceof InputError && error.code === 'no-credentials') {
      return none('no credentials for OpenStack are given')
    }
    return { links: [failedLink('flavor', null, error)], booted: [] }
  }
}

async function verify({ flavors, osCloud, flavorSet }: GateRequest): Promise<readonly FlavorVerified[]> {
  const api = await NovaApi.open(readCloud(osCloud === undefined ? {} : { cloud: osCloud }))
  try {
    return (await verifyFlavors({ names: flavors, set: flavorSet }, api)).flavors
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
