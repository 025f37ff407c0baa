import type { GuestAddress } from '../../core/gate/guest-address.ts'
import type { ProfileChoice } from '../resolve-profile.ts'

/** Links that an operator may leave out. The host's tuning is what all others stand on. */
export const SKIPPABLE = ['nova-conf', 'flavors', 'domains', 'validation'] as const
export type Skippable = (typeof SKIPPABLE)[number]

/** What `quietcore gate` was asked for. */
export interface GateRequest {
  /** default: the profile that is applied */
  profile?: ProfileChoice
  skip: readonly Skippable[]
  validation: ValidationRequest
  guests: readonly GuestAddress[]
  /** program and first arguments of quietcore in the guests */
  guestCommand: readonly string[]
  /** ssh's options: `Port=2222` */
  sshOptions: readonly string[]
  /** names or files; empty: every running domain */
  domains: readonly string[]
  /** libvirt's connection */
  connect?: string
  /** names or ids; empty: all that ask for real time */
  flavors: readonly string[]
  osCloud?: string
  /** extra specs that win over the profile's, as `nova flavor --set` */
  flavorSet: ReadonlyMap<string, string>
  /** default: /etc/nova/nova.conf where it is */
  novaConf?: string
  /** cpulist for cpu_shared_set, as `nova conf --shared-cores` */
  sharedCores?: string
  /** `section.key` of nova.conf to leave alone */
  novaSkip: readonly string[]
}

export interface ValidationRequest {
  /** kept: the last run. new: measure now */
  kind: 'kept' | 'new'
  /** of this suite; new: smoke by default */
  suite?: string
  /** kept: this run */
  run?: string
  maxAgeS: number
}
