import { MachineError } from '../../core/errors.ts'
import { isObject } from './clouds-yaml.ts'
import { type HttpClient, shown } from './http.ts'
import type { KeystoneSession } from './keystone.ts'

/** `…/v2.1`: older catalogs end in the project, too, which newer servers do not need. */
export function baseOf(endpoint: string): string {
  const url = endpoint.replace(/\/+$/, '')
  const at = url.indexOf('/v2.1')
  return at < 0 ? url : url.slice(0, at + '/v2.1'.length)
}

/** The oldest and the newest microversion that a compute API speaks. @throws MachineError when it is none */
export async function versions(
  base: string,
  session: KeystoneSession,
  http: HttpClient,
): Promise<{ newest: string; oldest: string }> {
  const headers = { 'X-Auth-Token': session.token.reveal() }
  const { status, body } = await http.send({ method: 'GET', url: `${base}/`, headers })
  const version = isObject(body) && isObject(body.version) ? body.version : undefined
  if (status === 200 && version) {
    return { newest: word(version.version) ?? '2.1', oldest: word(version.min_version) ?? '2.1' }
  }
  throw new MachineError({
    code: status >= 500 ? 'openstack-unavailable' : 'openstack-garbage',
    message: `${shown(new URL(base))} answered ${status} when asked for its versions`,
    next:
      status >= 500
        ? 'Nova or the proxy before it has a fault; try again later.'
        : 'Is this the address of a compute API (…/v2.1)? Look at the service catalog.',
  })
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d+\.\d+$/.test(value) ? value : undefined
}
