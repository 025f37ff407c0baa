import { CpuSet } from '../../core/cpu/cpu-set.ts'
import { InputError } from '../../core/errors.ts'
import { parseGuest } from '../../core/gate/guest-address.ts'
import { MANAGED } from '../../core/nova/conf/options.ts'
import { parseDurationS } from '../../core/suite/time.ts'
import { type GateRequest, SKIPPABLE, type Skippable } from '../../engine/gate/gate-request.ts'
import { choiceOf, type TuningOptions } from '../options.ts'

export interface GateOptions extends TuningOptions {
  profile?: string
  suite?: string
  run?: string
  new?: boolean
  maxAge: string
  guest?: string[]
  guestCommand: string
  sshOption?: string[]
  domain?: string[]
  connect?: string
  flavor?: string[]
  set?: string[]
  osCloud?: string
  novaConf?: string
  sharedCores?: string
  novaSkip?: string[]
  skip?: string[]
  format?: string
  output?: string
}

/** @throws InputError `usage` for options that contradict each other */
export function checkOptions(options: GateOptions): void {
  const skip = new Set(options.skip)
  const faults: [boolean, string][] = [
    [options.new === true && options.run !== undefined, '--new measures now; it takes no --run'],
    [options.suite !== undefined && options.run !== undefined, '--run names one run; it takes no --suite'],
    [options.new === true && skip.has('validation'), '--new measures, and --skip validation does not'],
    [skip.has('domains') && options.domain !== undefined, '--skip domains leaves out what --domain names'],
    [skip.has('flavors') && options.flavor !== undefined, '--skip flavors leaves out what --flavor names'],
    [
      skip.has('nova-conf') && options.novaConf !== undefined,
      '--skip nova-conf leaves out what --nova-conf names',
    ],
    [options.guestCommand.trim() === '', '--guest-command is empty'],
    [repeated(options.guest ?? []), 'two guests have one name'],
  ]
  const fault = faults.find(([is]) => is)?.[1]
  if (fault) throw usage(fault)
  for (const name of options.novaSkip ?? []) {
    if (MANAGED.some(({ section, key }) => `${section}.${key}` === name)) continue
    throw usage(`--nova-skip: '${name}' is no option that quietcore writes`)
  }
}

/** @param active the profile that is applied */
export function gateRequest(options: GateOptions, active: string | undefined): GateRequest {
  const profile = namedProfile(options, active)
  if (options.sharedCores !== undefined) CpuSet.parse(options.sharedCores)
  return {
    ...(profile === undefined ? {} : { profile: choiceOf(profile, options) }),
    skip: (options.skip ?? []).map(skippable),
    validation: {
      kind: options.new ? 'new' : 'kept',
      ...(options.suite === undefined ? {} : { suite: options.suite }),
      ...(options.run === undefined ? {} : { run: options.run }),
      maxAgeS: parseDurationS(options.maxAge),
    },
    guests: (options.guest ?? []).map(parseGuest),
    guestCommand: options.guestCommand.trim().split(/\s+/),
    sshOptions: options.sshOption ?? [],
    domains: options.domain ?? [],
    ...(options.connect === undefined ? {} : { connect: options.connect }),
    flavors: options.flavor ?? [],
    flavorSet: new Map((options.set ?? []).map(pair)),
    ...(options.osCloud === undefined ? {} : { osCloud: options.osCloud }),
    ...(options.novaConf === undefined ? {} : { novaConf: options.novaConf }),
    ...(options.sharedCores === undefined ? {} : { sharedCores: options.sharedCores }),
    novaSkip: options.novaSkip ?? [],
  }
}

/** The applied profile is held against the machine as it was applied, with the variables of that time. */
function namedProfile(options: GateOptions, active: string | undefined): string | undefined {
  const { profile, isolatedCores, profileDir } = options
  if (isolatedCores === undefined && profileDir === undefined) return profile === active ? undefined : profile
  const name = profile ?? active
  if (name !== undefined) return name
  throw usage('no profile is applied to this machine: --isolated-cores and --profile-dir need --profile')
}

function skippable(link: string): Skippable {
  const found = SKIPPABLE.find((one) => one === link)
  if (found) return found
  throw usage(`--skip takes ${SKIPPABLE.join(', ')}, not '${link}'`)
}

function repeated(guests: readonly string[]): boolean {
  const names = guests.map((guest) => parseGuest(guest).name)
  return new Set(names).size < names.length
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw usage(`--set wants key=value, not '${text}'`)
}

function usage(message: string): InputError {
  return new InputError({ code: 'usage', message, next: 'See `quietcore gate --help`.' })
}
