import { InputError } from '../../core/errors.ts'
import type { Cloud, InDomain, Proof } from './cloud.ts'
import { type Config, type Environment, isObject, readCloudsYaml } from './clouds-yaml.ts'
import { Secret } from './secret.ts'

export interface CloudChoice {
  /** `--os-cloud`; default OS_CLOUD */
  cloud?: string
  timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 30_000

/**
 * The cloud to talk to: clouds.yaml with secure.yaml when a cloud is named (or OS_AUTH_URL is not set and there is but
 * one), else the OS_* variables.
 * @throws InputError `no-credentials` where nothing at all is set, `no-clouds-yaml`, `no-cloud-chosen`, `unknown-cloud`,
 *   `half-credentials`, `bad-clouds-yaml`
 */
export function readCloud(choice: CloudChoice, env: Environment = process.env): Cloud {
  const name = choice.cloud ?? (env.OS_CLOUD || undefined)
  const found = name === undefined && env.OS_AUTH_URL ? undefined : readCloudsYaml(name, env)
  if (name !== undefined && found === undefined) {
    throw none(`the cloud '${name}' is asked for, and there is no clouds.yaml`, 'no-clouds-yaml')
  }
  const settings = found ? found.config : fromVariables(env)
  const origin = found?.origin ?? 'the OS_* variables'
  const reader = new Reader(settings, origin)
  if (reader.empty) throw none('there are neither OS_* variables nor a clouds.yaml with a cloud')
  return reader.cloud(choice.timeoutMs ?? DEFAULT_TIMEOUT_MS)
}

/** OS_* variables in the shape of clouds.yaml: OS_PASSWORD is auth.password. */
function fromVariables(env: Environment): Config {
  const auth: Record<string, unknown> = {}
  for (const key of AUTH_KEYS) {
    const value = env[`OS_${key.toUpperCase()}`]
    if (value) auth[key] = value
  }
  const insecure = /^(?:1|true|yes)$/i.test(env.OS_INSECURE ?? '')
  return {
    auth,
    region_name: env.OS_REGION_NAME,
    interface: env.OS_INTERFACE || env.OS_ENDPOINT_TYPE,
    cacert: env.OS_CACERT,
    auth_type: env.OS_AUTH_TYPE,
    compute_endpoint_override: env.OS_COMPUTE_ENDPOINT_OVERRIDE,
    verify: !insecure,
  }
}

const AUTH_KEYS = [
  'auth_url',
  'username',
  'user_id',
  'user_domain_id',
  'user_domain_name',
  'password',
  'project_id',
  'project_name',
  'tenant_name',
  'project_domain_id',
  'project_domain_name',
  'default_domain',
  'token',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
]

class Reader {
  readonly #config: Config
  readonly #auth: Config
  readonly #origin: string

  constructor(config: Config, origin: string) {
    this.#config = config
    this.#auth = isObject(config.auth) ? config.auth : {}
    this.#origin = origin
  }

  get empty(): boolean {
    return Object.keys(this.#auth).length === 0
  }

  cloud(timeoutMs: number): Cloud {
    const proof = this.#proof()
    const project = this.#inDomain('project', this.#text('project_name') ?? this.#text('tenant_name'))
    const scoped = proof.kind !== 'application-credential' && (project.id ?? project.name) !== undefined
    const region = text(this.#config.region_name)
    const caCert = text(this.#config.cacert)
    const endpoint = this.#computeEndpoint()
    return {
      origin: this.#origin,
      authUrl: this.#authUrl(),
      proof,
      ...(scoped ? { project } : {}),
      ...(region === undefined ? {} : { region }),
      interface: this.#interface(),
      ...(endpoint === undefined ? {} : { computeEndpoint: endpoint }),
      ...(caCert === undefined ? {} : { caCert }),
      verify: this.#config.verify !== false && this.#config.insecure !== true,
      timeoutMs,
    }
  }

  #proof(): Proof {
    const secret = this.#text('application_credential_secret')
    const credential = this.#text('application_credential_id')
    const credentialName = this.#text('application_credential_name')
    const user = this.#inDomain('user', this.#text('username'))
    if (secret !== undefined || credential !== undefined || credentialName !== undefined) {
      if (secret === undefined) throw this.#half('application_credential_secret')
      if (credential !== undefined) {
        return { kind: 'application-credential', id: credential, user, secret: new Secret(secret) }
      }
      if (credentialName === undefined) throw this.#half('application_credential_id')
      if (user.id === undefined && user.name === undefined) throw this.#half('username or user_id')
      return { kind: 'application-credential', name: credentialName, user, secret: new Secret(secret) }
    }
    const [token, password] = [this.#text('token'), this.#text('password')]
    if (token !== undefined && password === undefined) return { kind: 'token', token: new Secret(token) }
    if (user.id === undefined && user.name === undefined) throw this.#half('username or user_id')
    if (password === undefined) throw this.#half('password')
    return { kind: 'password', user, password: new Secret(password) }
  }

  #inDomain(what: 'user' | 'project', name: string | undefined): InDomain {
    const id = this.#text(`${what}_id`)
    const domainName = this.#text(`${what}_domain_name`)
    const domainId =
      this.#text(`${what}_domain_id`) ??
      (domainName === undefined ? (this.#text('default_domain') ?? 'default') : undefined)
    return {
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      ...(domainId === undefined ? {} : { domainId }),
      ...(domainName === undefined ? {} : { domainName }),
    }
  }

  #authUrl(): string {
    const url = this.#text('auth_url')
    if (url === undefined) throw this.#half('auth_url')
    if (isHttp(url)) return url
    throw new InputError({
      code: 'bad-auth-url',
      message: `the auth_url of ${this.#origin} is no http or https address`,
      next: "Write it as Keystone's catalog does, such as https://keystone.example:5000/v3.",
    })
  }

  #computeEndpoint(): string | undefined {
    const url = text(this.#config.compute_endpoint_override)
    if (url === undefined || isHttp(url)) return url
    // The address itself may hold a password.
    throw new InputError({
      code: 'bad-compute-endpoint',
      message: `the compute_endpoint_override of ${this.#origin} is no http or https address`,
      next: 'Write it as the catalog does, such as https://nova.example:8774/v2.1, or leave it out.',
    })
  }

  #interface(): Cloud['interface'] {
    const word = (text(this.#config.interface) ?? text(this.#config.endpoint_type) ?? 'public').replace(
      /URL$/,
      '',
    )
    if (word === 'public' || word === 'internal' || word === 'admin') return word
    throw new InputError({
      code: 'bad-interface',
      message: `the interface '${word}' of ${this.#origin} is none of public, internal, admin`,
    })
  }

  #text(key: string): string | undefined {
    return text(this.#auth[key])
  }

  #half(missing: string): InputError {
    return new InputError({
      code: 'half-credentials',
      message: `${this.#origin}: '${missing}' is missing`,
      next: 'Give auth_url with a user and password, an application credential, or a token.',
    })
  }
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function none(message: string, code = 'no-credentials'): InputError {
  return new InputError({
    code,
    message: `no credentials for OpenStack: ${message}`,
    next: 'Source an openrc file, or write clouds.yaml (here, in ~/.config/openstack or /etc/openstack) and name its cloud with --os-cloud.',
  })
}
