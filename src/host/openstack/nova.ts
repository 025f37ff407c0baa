import { InputError, MachineError } from '../../core/errors.ts'
import { compareMicroversions } from '../../core/nova/release.ts'
import type { Cloud } from './cloud.ts'
import { isObject } from './clouds-yaml.ts'
import { type Answer, HttpClient, type Request, shown } from './http.ts'
import { authenticate, endpointOf, type KeystoneSession } from './keystone.ts'
import { faultText, nextPath } from './nova-answers.ts'
import { novaError } from './nova-error.ts'
import { baseOf, versions } from './nova-versions.ts'

/** From here on nova checks extra specs; nothing that is used here changed after it. */
export const CHECKING = '2.86'
/** From here on a list of flavors carries their extra specs. */
const SPECS_IN_LIST = '2.61'

export interface NovaFlavor {
  id: string
  name: string
  vcpus: number
  ramMb: number
  diskGb: number
  public: boolean
  specs: ReadonlyMap<string, string>
}

/** Nova's compute API, as far as flavors need it. */
export class NovaApi {
  /** what is sent with every request */
  readonly microversion: string
  /** the newest that the server speaks */
  readonly newest: string
  readonly #base: string
  readonly #cloud: Cloud
  readonly #http: HttpClient
  #session: KeystoneSession

  private constructor(init: {
    cloud: Cloud
    http: HttpClient
    session: KeystoneSession
    base: string
    newest: string
    microversion: string
  }) {
    this.#cloud = init.cloud
    this.#http = init.http
    this.#session = init.session
    this.#base = init.base
    this.newest = init.newest
    this.microversion = init.microversion
  }

  /**
   * Authenticates, finds nova in the catalog and agrees on a microversion: 2.86, or the newest of an older server.
   * @throws InputError, MachineError; no secret is in their text
   */
  static async open(cloud: Cloud): Promise<NovaApi> {
    const http = new HttpClient(cloud)
    try {
      const session = await authenticate(cloud, http)
      const base = baseOf(cloud.computeEndpoint ?? endpointOf(session, 'compute', cloud))
      const { newest, oldest } = await versions(base, session, http)
      const wanted = compareMicroversions(newest, CHECKING) < 0 ? newest : CHECKING
      const microversion = compareMicroversions(oldest, wanted) > 0 ? oldest : wanted
      return new NovaApi({ cloud, http, session, base, newest, microversion })
    } catch (error) {
      http.close()
      throw error
    }
  }

  /** True when the server refuses extra specs that it does not know. */
  get checksSpecs(): boolean {
    return compareMicroversions(this.microversion, CHECKING) >= 0
  }

  close(): void {
    this.#http.close()
  }

  /** Every flavor, private ones too, with its extra specs. */
  async flavors(): Promise<NovaFlavor[]> {
    const found: NovaFlavor[] = []
    let path: string | undefined = '/flavors/detail?is_public=None'
    const seen = new Set<string>()
    while (path !== undefined && !seen.has(path)) {
      seen.add(path)
      const body = await this.#expect({ method: 'GET', path }, [200])
      if (!isObject(body) || !Array.isArray(body.flavors)) throw this.#garbage(path)
      for (const one of body.flavors) found.push(await this.#flavorFrom(one, path))
      path = nextPath(body.flavors_links)
    }
    return found
  }

  /** @throws InputError `duplicate-flavor` */
  async create(flavor: { name: string; vcpus: number; ramMb: number; diskGb: number }): Promise<NovaFlavor> {
    const path = '/flavors'
    const { name, vcpus, ramMb, diskGb } = flavor
    const answer = await this.#send({
      method: 'POST',
      path,
      body: { flavor: { name, vcpus, ram: ramMb, disk: diskGb } },
    })
    if (answer.status === 409) {
      throw new InputError({
        code: 'duplicate-flavor',
        message: `a flavor called '${name}' is there already`,
        next: 'Plan again: somebody made it meanwhile.',
      })
    }
    const body = this.#checked(answer, path, [200, 201])
    return this.#flavorFrom(isObject(body) ? body.flavor : undefined, path)
  }

  /** Adds keys and replaces their values, all or none; it never takes a key away. */
  async setSpecs(flavorId: string, specs: ReadonlyMap<string, string>): Promise<void> {
    const path = `/flavors/${encodeURIComponent(flavorId)}/os-extra_specs`
    await this.#expect({ method: 'POST', path, body: { extra_specs: Object.fromEntries(specs) } }, [200])
  }

  /** A key that is not there any more is fine. */
  async deleteSpec(flavorId: string, key: string): Promise<void> {
    const path = `/flavors/${encodeURIComponent(flavorId)}/os-extra_specs/${encodeURIComponent(key)}`
    await this.#expect({ method: 'DELETE', path }, [200, 202, 404])
  }

  /** True when a server of any project runs with this flavor; undefined when this user may not look. */
  async inUse(flavorId: string): Promise<boolean | undefined> {
    const path = `/servers?all_tenants=1&limit=1&flavor=${encodeURIComponent(flavorId)}`
    const answer = await this.#send({ method: 'GET', path })
    if (answer.status === 403) return undefined
    const body = this.#checked(answer, path, [200])
    return isObject(body) && Array.isArray(body.servers) && body.servers.length > 0
  }

  async #flavorFrom(value: unknown, path: string): Promise<NovaFlavor> {
    if (!isObject(value) || typeof value.id !== 'string' || typeof value.name !== 'string')
      throw this.#garbage(path)
    const specs = isObject(value.extra_specs) ? value.extra_specs : await this.#specsOf(value.id)
    return {
      id: value.id,
      name: value.name,
      vcpus: Number(value.vcpus),
      ramMb: Number(value.ram),
      diskGb: Number(value.disk),
      public: value['os-flavor-access:is_public'] !== false,
      specs: new Map(Object.entries(specs).map(([key, one]) => [key, String(one)])),
    }
  }

  /** Servers before 2.61 list flavors without their extra specs. */
  async #specsOf(id: string): Promise<Record<string, unknown>> {
    if (compareMicroversions(this.microversion, SPECS_IN_LIST) >= 0) return {}
    const path = `/flavors/${encodeURIComponent(id)}/os-extra_specs`
    const body = await this.#expect({ method: 'GET', path }, [200])
    return isObject(body) && isObject(body.extra_specs) ? body.extra_specs : {}
  }

  async #expect(request: PathRequest, statuses: readonly number[]): Promise<unknown> {
    return this.#checked(await this.#send(request), request.path, statuses)
  }

  /** A token that has expired on the way is renewed once, where the proof still is at hand. */
  async #send({ method, path, body }: PathRequest): Promise<Answer> {
    const once = () =>
      this.#http.send({ method, url: this.#base + path, headers: this.#headers(), ...(body ? { body } : {}) })
    const answer = await once()
    if (answer.status !== 401 || this.#cloud.proof.kind === 'token') return answer
    this.#session = await authenticate(this.#cloud, this.#http)
    return once()
  }

  #headers(): Record<string, string> {
    return {
      'X-Auth-Token': this.#session.token.reveal(),
      'OpenStack-API-Version': `compute ${this.microversion}`,
      'X-OpenStack-Nova-API-Version': this.microversion,
    }
  }

  #checked({ status, body }: Answer, path: string, statuses: readonly number[]): unknown {
    if (statuses.includes(status)) return body
    throw novaError(status, faultText(body), shown(new URL(this.#base + path)), this.#cloud.origin)
  }

  #garbage(path: string): MachineError {
    return new MachineError({
      code: 'openstack-garbage',
      message: `${shown(new URL(this.#base + path))} answered with JSON that is not nova's`,
      next: 'Is this the address of a compute API? Look at the service catalog.',
    })
  }
}

interface PathRequest extends Pick<Request, 'method' | 'body'> {
  path: string
}
