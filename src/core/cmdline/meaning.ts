import { cpulistOf } from './cpulist-value.ts'
import { type ParameterUnit, pageSizeBytes, parseUnits } from './units.ts'

/**
 * True when two parameters (each one parameter, or `hugepagesz=… hugepages=…`) mean the same to the kernel: `-` and `_`
 * are equal in names, cpulists are sets, flags of isolcpus have no order and default to `domain`, `1G` is `1024M`.
 */
export function sameMeaning(a: string, b: string): boolean {
  const [left, right] = [parseUnits(a), parseUnits(b)]
  return left.length === right.length && left.every((unit, i) => sameUnit(unit, right[i]!))
}

export function sameUnit(a: ParameterUnit, b: ParameterUnit): boolean {
  return a.key === b.key && meaningOf(a) === meaningOf(b)
}

const PAGE_SIZES = new Set(['hugepagesz', 'default_hugepagesz'])

/** A text that is equal for equal meanings of one key. */
function meaningOf({ key, parameter: { name, value } }: ParameterUnit): string {
  if (value === undefined) return ''
  if (PAGE_SIZES.has(key)) return `=${pageSizeBytes(value)}`
  const cpulist = cpulistOf(name, value)
  return cpulist ? `=${[...new Set(cpulist.flags)].sort().join(',')}:${cpulist.cpus}` : `=${value}`
}
