import { type Flavor, NO_IMAGE } from './flavor.ts'
import { lintFlavor } from './lint.ts'
import { managedKeys } from './managed-keys.ts'
import { isBooleanWord, isTrue } from './python-values.ts'
import type { Release } from './release.ts'

/** hw:cpu_realtime, its mask, and what is written instead of them by mistake: hw_cpu_realtime, cpu_realtime. */
const REALTIME_KEY = /^(?:hw[:_.])?cpu_realtime/

/**
 * True for a flavor that quietcore has set, or whose writer had real time in mind, whether nova understands it or not: a
 * mask alone, `hw:cpu_realtime=enabled`, a mask of dedicated vCPUs with which something is wrong.
 */
export function asksForRealtime(flavor: Flavor, release: Release): boolean {
  const { specs } = flavor
  if (managedKeys(specs).size > 0) return true
  const named = [...specs].some(
    ([key, value]) => REALTIME_KEY.test(key) && !(key === 'hw:cpu_realtime' && saysNo(value)),
  )
  if (named || !specs.has('hw:cpu_dedicated_mask')) return named
  // A fit mixed guest without real time is nobody's mistake.
  return lintFlavor(flavor, NO_IMAGE, release).findings.some(({ severity }) => severity === 'error')
}

function saysNo(value: string): boolean {
  return isBooleanWord(value) && !isTrue(value)
}
