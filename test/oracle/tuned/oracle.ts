import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { commandLine } from '../../../src/core/profile/bootloader-line.ts'
import type { FunctionEnv } from '../../../src/core/profile/functions/env.ts'
import { loadProfile } from '../../../src/core/profile/load.ts'
import type { ProfileLibrary, Unit } from '../../../src/core/profile/profile.ts'
import { profileLibrary } from '../../../src/engine/profile-library.ts'
import { collectFacts } from '../../../src/host/facts.ts'
import { openRoot } from '../../../src/host/root.ts'

/** What a profile comes to, as TuneD's own code and ours both tell it. */
export interface Resolved {
  summary: string
  order: string[]
  units: Record<string, Record<string, unknown>>
  variables: Record<string, string>
  cmdline: string
}
export type Answer = Resolved | { error: string }

export interface Job {
  root: string
  names: string[]
  /** mends a fault of TuneD that differences of one value would spread over the rest of it */
  mended?: boolean
}

const RESOLVE = fileURLToPath(new URL('resolve.py', import.meta.url))
export const TUNED_PYTHON = '/usr/lib/python3/dist-packages/tuned'
/** Why the oracle cannot be asked, for a test's name; empty when it can. `scripts/test` installs it. */
export const ORACLE_MISSING = existsSync(TUNED_PYTHON)
  ? ''
  : ' (skipped: the Debian package tuned is not installed)'

/** Resolves all jobs in one Python process. */
export function askTuned(jobs: readonly Job[]): Answer[] {
  const input = JSON.stringify(jobs.map((job) => ({ ...job, ...worldOf(job.root) })))
  const output = execFileSync('/usr/bin/python3', [RESOLVE], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return JSON.parse(output)
}

export function resolveOurs({ root, names }: Job): Answer {
  const machine = openRoot(root)
  return resolveWith(names, profileLibrary({ root: machine }), envOf(root))
}

export function resolveWith(names: readonly string[], library: ProfileLibrary, env: FunctionEnv): Answer {
  try {
    const profile = loadProfile(names, library, env)
    return {
      summary: profile.summary,
      order: profile.units.map(({ name }) => name),
      units: Object.fromEntries(profile.units.map((unit) => [unit.name, unitAnswer(unit)])),
      variables: Object.fromEntries(profile.variables),
      cmdline: commandLine(profile),
    }
  } catch (error) {
    return { error: String(error) }
  }
}

const ENVS = new Map<string, FunctionEnv>()

/** Collected once a root: hundreds of profiles are resolved on each. */
export function envOf(root: string): FunctionEnv {
  const env = ENVS.get(root) ?? makeEnv(root)
  ENVS.set(root, env)
  return env
}

function makeEnv(root: string): FunctionEnv {
  const machine = openRoot(root)
  const { exec } = worldOf(root)
  return {
    facts: collectFacts(machine),
    exec: ([program, ...args]) => {
      if (program! in exec) return exec[program!] ?? undefined
      try {
        return execFileSync(program!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      } catch {
        return undefined
      }
    },
    readText: (path) => machine.readTextIfThere(path),
    list: (path) => machine.list(path),
    chooseIsolatedCores: () => '1',
  }
}

/** Answers of programs that would look at the machine the test runs on, and its `uname`. */
const WORLDS = new Map<string, World>()

interface World {
  exec: Record<string, string | null>
  uname: string[]
}

function worldOf(root: string): World {
  const world = WORLDS.get(root) ?? makeWorld(root)
  WORLDS.set(root, world)
  return world
}

function makeWorld(root: string): World {
  const { cpu, hostname, kernel } = collectFacts(openRoot(root))
  const build = /#.*/.exec(kernel.version)![0]
  return {
    exec: {
      nproc: `${cpu.online.minus(cpu.isolated).size}\n`,
      'virt-what': '',
      mktemp: '/run/quietcore/tmp\n',
      lscpu: 'Architecture: x86_64\n',
    },
    uname: ['Linux', hostname, kernel.release, build, kernel.machine],
  }
}

function unitAnswer(unit: Unit): Record<string, unknown> {
  const optional = {
    devices_udev_regex: unit.devicesUdevRegex,
    cpuinfo_regex: unit.cpuinfoRegex,
    uname_regex: unit.unameRegex,
    script_pre: unit.scriptPre,
    script_post: unit.scriptPost,
  }
  return {
    type: unit.type,
    priority: unit.priority,
    enabled: unit.enabled,
    devices: unit.devices,
    options: Object.fromEntries([...unit.options].map(([name, { value }]) => [name, value])),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}
