import { InputError } from '../../errors.ts'
import type { NumaNode } from '../../facts.ts'
import { pageSizeKib } from '../page-size.ts'
import { pythonInt } from '../python-values.ts'
import { NovaRefusal } from '../refusal.ts'

/** Pages of one size on one NUMA node that nova leaves to others. */
export interface ReservedPages {
  node: number
  sizeKib: number
  count: number
}

/** Kernels' own page sizes, KiB: nova counts these, too, and no /sys names them as huge. */
const SMALL_KIB: ReadonlySet<number> = new Set([4, 16, 64])

/**
 * One `node:0,size:1GB,count:2`, as nova reads it (nova/virt/hardware.py numa_get_reserved_huge_pages): the unit is KiB
 * where there is none; other keys do nothing. undefined for what stops nova-compute.
 */
export function readReservedPages(text: string): ReservedPages | undefined {
  const parts = text.split(',').map((part) => part.split(/:(.*)/s, 2).map((side) => side.trim()))
  const values = new Map(parts.map(([key, value]) => [key ?? '', value]))
  const whole = values.size === parts.length && parts.every(([key, value]) => key && value !== undefined)
  const [node, sizeKib, count] = [
    pythonInt(values.get('node') ?? ''),
    sizeOf(values.get('size') ?? ''),
    pythonInt(values.get('count') ?? ''),
  ]
  if (!whole || node === undefined || sizeKib === undefined || count === undefined) return undefined
  return { node, sizeKib, count }
}

function sizeOf(text: string): number | undefined {
  const number = pythonInt(text)
  if (number !== undefined) return number
  // The words of hw:mem_page_size (large, any) are none here.
  if (/^[a-z]+$/.test(text)) return undefined
  try {
    return pageSizeKib(text)
  } catch (error) {
    if (error instanceof NovaRefusal) return undefined
    throw error
  }
}

/**
 * Refuses reservations that nova-compute would stop at, and those that would silently reserve nothing on this machine.
 * @throws InputError `bad-reserved-huge-pages`
 */
export function refuseReservations(texts: readonly string[], nodes: readonly NumaNode[]): void {
  const seen = new Set<string>()
  for (const text of texts) {
    const read = readReservedPages(text)
    if (!read || read.count < 0) throw bad(`'${text}' is no reservation of huge pages`)
    const node = nodes.find((one) => one.node === read.node)
    if (!node) {
      throw bad(
        `there is no NUMA node ${read.node} for '${text}'; there are ${list(nodes.map((one) => one.node))}`,
      )
    }
    const sizes = node.hugepageSizesKb
    if (!sizes.includes(read.sizeKib) && !SMALL_KIB.has(read.sizeKib)) {
      throw bad(`'${text}' asks for pages of ${read.sizeKib} KiB; node ${read.node} has ${list(sizes)} KiB`)
    }
    const where = `${read.node} ${read.sizeKib}`
    if (seen.has(where)) throw bad(`'${text}' is the second for its node and size; nova reads only the last`)
    seen.add(where)
  }
}

function list(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'none' : numbers.join(', ')
}

function bad(message: string): InputError {
  return new InputError({
    code: 'bad-reserved-huge-pages',
    message,
    next: 'Write it as nova does, --reserved-huge-pages node:0,size:1GB,count:2 (KiB without a unit), once for each node and size. Nothing was changed.',
  })
}
