import { assertion } from './assertion.ts'
import { assertionNonEqual } from './assertion-non-equal.ts'
import { autoIsolatedCores } from './auto-isolated-cores.ts'
import { calcIsolatedCores } from './calc-isolated-cores.ts'
import { checkNetQueueCount } from './check-net-queue-count.ts'
import { cpuinfoCheck } from './cpuinfo-check.ts'
import { cpulistInvert } from './cpulist-invert.ts'
import { cpulistOnline } from './cpulist-online.ts'
import { cpulistPack } from './cpulist-pack.ts'
import { cpulistPresent } from './cpulist-present.ts'
import { cpulistUnpack } from './cpulist-unpack.ts'
import { cpulist2devs } from './cpulist2devs.ts'
import { cpulist2hex } from './cpulist2hex.ts'
import { cpulist2hexInvert } from './cpulist2hex-invert.ts'
import type { ProfileFunction } from './env.ts'
import { exec } from './exec.ts'
import { hex2cpulist } from './hex2cpulist.ts'
import { intelRecommendedPstate } from './intel-recommended-pstate.ts'
import { kb2s } from './kb2s.ts'
import { log } from './log.ts'
import { lscpuCheck } from './lscpu-check.ts'
import { package2cpus } from './package2cpus.ts'
import { package2uncores } from './package2uncores.ts'
import { regexSearchTernary } from './regex-search-ternary.ts'
import { s2kb } from './s2kb.ts'
import { strip } from './strip.ts'
import { virtCheck } from './virt-check.ts'

/** Every built-in function of the profile language: TuneD's 25 and our own `auto_isolated_cores`. */
export const FUNCTIONS: readonly ProfileFunction[] = [
  assertion,
  assertionNonEqual,
  autoIsolatedCores,
  calcIsolatedCores,
  checkNetQueueCount,
  cpuinfoCheck,
  cpulist2devs,
  cpulist2hex,
  cpulist2hexInvert,
  cpulistInvert,
  cpulistOnline,
  cpulistPack,
  cpulistPresent,
  cpulistUnpack,
  exec,
  hex2cpulist,
  intelRecommendedPstate,
  kb2s,
  log,
  lscpuCheck,
  package2cpus,
  package2uncores,
  regexSearchTernary,
  s2kb,
  strip,
  virtCheck,
]

export const FUNCTION_BY_NAME: ReadonlyMap<string, ProfileFunction> = new Map(
  FUNCTIONS.map((one) => [one.name, one]),
)
