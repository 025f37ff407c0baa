import { InputError, MachineError } from '../../core/errors.ts'
import type { Cloud, InDomain } from './cloud.ts'
import { isObject } from './clouds-yaml.ts'
import { type HttpClient, shown } from './http.ts'
import { Secret } from './secret.ts'

export interface Endpoint {
  region: string
  interface: string
  url: string
}

/** What Keystone gives for a proof: a token and where the services are. */
export interface KeystoneSession {
  token: Secret
  /** by service type: `compute` */
  catalog: ReadonlyMap<string, readonly Endpoint[]>
}

/**
 * Authenticates (Identity API v3, POST /v3/auth/tokens).
 * @throws InputError `not-authenticated`; MachineError when Keystone cannot answer
 */
export async function authenticate(cloud: Cloud, http: HttpClient): Promise<KeystoneSession> {
  const auth = authBody(cloud)
  const request = { method: 'POST', url: tokensUrl(cloud.authUrl), body: { auth } } as const
  const { status, headers, body } = await http.send(request)
  // A revoked token is answered with 404.
  if (status === 401 || (status === 404 && cloud.proof.kind === 'token')) {
    throw new InputError({
      code: 'not-authenticated',
      message: `Keystone does not take the ${PROOFS[cloud.proof.kind]} of ${cloud.origin} (${status})`,
      next:
        cloud.proof.kind === 'token'
          ? 'The token is wrong or has expired: get a new one with `openstack token issue`.'
          : 'Check user, domain, project and secret; `openstack token issue` must work with the same settings.',
    })
  }
  const token = headers['x-subject-token']
  if (status !== 201 || typeof token !== 'string' || !isObject(body) || !isObject(body.token)) {
    throw new MachineError({
      code: status >= 500 ? 'openstack-unavailable' : 'openstack-garbage',
      message: `Keystone at ${shown(new URL(cloud.authUrl))} answered ${status} to a request for a token`,
      next:
        status >= 500
          ? 'Keystone or the proxy before it has a fault; try again later.'
          : "Is auth_url the address of a Keystone? It usually ends in ':5000/v3' or '/identity/v3'.",
    })
  }
  return { token: new Secret(token), catalog: readCatalog(body.token.catalog) }
}

const PROOFS = {
  password: 'password',
  'application-credential': 'application credential',
  token: 'token',
} as const

/** `…/v3/auth/tokens`, whether auth_url names the version or not; what else is in the address stays where it is. */
function tokensUrl(authUrl: string): string {
  const url = new URL(authUrl)
  const base = url.pathname.replace(/\/+$/, '')
  const v3 = /\/v3$/.test(base) ? base : `${base.replace(/\/v2\.0$/, '')}/v3`
  url.pathname = `${v3}/auth/tokens`
  return url.href
}

function authBody({ proof, project }: Cloud): object {
  const scope = project === undefined ? {} : { scope: { project: reference(project) } }
  switch (proof.kind) {
    case 'password':
      return {
        identity: {
          methods: ['password'],
          password: { user: { ...reference(proof.user), password: proof.password.reveal() } },
        },
        ...scope,
      }
    case 'token':
      return { identity: { methods: ['token'], token: { id: proof.token.reveal() } }, ...scope }
    case 'application-credential':
      // It is bound to its project: Keystone refuses a scope beside it.
      return {
        identity: {
          methods: ['application_credential'],
          application_credential: {
            ...(proof.id === undefined
              ? { name: proof.name, user: reference(proof.user) }
              : { id: proof.id }),
            secret: proof.secret.reveal(),
          },
        },
      }
  }
}

function reference({ id, name, domainId, domainName }: InDomain): object {
  if (id !== undefined) return { id }
  return { name, domain: domainId === undefined ? { name: domainName } : { id: domainId } }
}

function readCatalog(value: unknown): Map<string, Endpoint[]> {
  const catalog = new Map<string, Endpoint[]>()
  for (const service of Array.isArray(value) ? value : []) {
    if (!isObject(service) || !Array.isArray(service.endpoints)) continue
    const endpoints = service.endpoints.filter(isObject).map((one) => ({
      region: String(one.region_id ?? one.region ?? ''),
      interface: String(one.interface ?? ''),
      url: String(one.url ?? ''),
    }))
    catalog.set(String(service.type), [...(catalog.get(String(service.type)) ?? []), ...endpoints])
  }
  return catalog
}

/** The address of a service. @throws InputError `no-endpoint` naming what there is */
export function endpointOf(session: KeystoneSession, type: string, cloud: Cloud): string {
  const endpoints = session.catalog.get(type) ?? []
  const found = endpoints.find(
    (one) => one.interface === cloud.interface && (cloud.region === undefined || one.region === cloud.region),
  )
  if (found && URL.canParse(found.url)) return found.url
  const there = endpoints.map((one) => `${one.interface} in ${one.region}`).join(', ')
  throw new InputError({
    code: 'no-endpoint',
    message: `the catalog has no ${cloud.interface} endpoint of type ${type}${cloud.region === undefined ? '' : ` in region ${cloud.region}`}; it has ${there || 'none'}`,
    next: 'Set region_name and interface in clouds.yaml (OS_REGION_NAME, OS_INTERFACE); a token without a project has no catalog.',
  })
}
