import type { Secret } from './secret.ts'

/** A name or id with the domain that it is in. */
export interface InDomain {
  id?: string
  name?: string
  domainId?: string
  domainName?: string
}

/** How to prove who one is to Keystone v3. */
export type Proof =
  | { kind: 'password'; user: InDomain; password: Secret }
  | { kind: 'application-credential'; id?: string; name?: string; user: InDomain; secret: Secret }
  | { kind: 'token'; token: Secret }

/** A cloud, as clouds.yaml or OS_* variables describe it. */
export interface Cloud {
  /** where this comes from, for messages: `clouds.yaml cloud 'rt'`, `OS_* variables` */
  origin: string
  authUrl: string
  proof: Proof
  /** undefined: no project scope (an application credential carries its own) */
  project?: InDomain
  region?: string
  interface: 'public' | 'internal' | 'admin'
  /** instead of the catalog's */
  computeEndpoint?: string
  /** PEM file with the authorities to trust instead of the system's */
  caCert?: string
  /** false only when the operator wrote `verify: false` or OS_INSECURE */
  verify: boolean
  timeoutMs: number
}
