import type { Constraints } from './constraints.ts'
import type { Flavor } from './flavor.ts'
import type { LintFinding } from './lint.ts'
import { isInBits, LARGE, pageSizeKib } from './page-size.ts'
import { NovaRefusal } from './refusal.ts'

/** Page sizes that x86 hosts have, KiB: 4 KiB, 2 MiB, 1 GiB. */
const X86_PAGE_SIZES_KIB: ReadonlySet<number> = new Set([4, 2048, 1048576])

/** Page sizes that nova takes and that no host has, or that the guest's memory cannot be made of. */
export function pageTraps({ specs, ramMb }: Flavor, constraints: Constraints | undefined): LintFinding[] {
  const text = specs.get('hw:mem_page_size')
  if (text === undefined) return []
  const key = 'hw:mem_page_size'
  const size = readSize(text)
  if (size === undefined) {
    const fix = /^\d+[MG]i?$/.test(text) ? `${key}=${text}B` : `${key}=1GB`
    return [
      {
        code: 'page-size-not-read',
        severity: 'error',
        key,
        message: `the API takes ${key}=${text} and every boot is refused: nova wants a unit that ends in B, with a capital K, M, G or T before it`,
        fix,
      },
    ]
  }
  if (isInBits(text)) {
    return [
      {
        code: 'page-size-in-bits',
        severity: 'error',
        key,
        message: `${text} is counted in bits: ${size} KiB, a page size that no host has, so that no host is found`,
        fix: `${key}=${text.replace(/b(?:it)?$/, 'B')}`,
      },
    ]
  }
  if (size >= 0 && !X86_PAGE_SIZES_KIB.has(size)) {
    return [
      {
        code: 'page-size-of-no-host',
        severity: 'error',
        key,
        message: `${text} is ${size} KiB; x86 hosts have pages of 4 KiB, 2 MiB and 1 GiB, so that no host is found`,
        fix: `${key}=1GB`,
      },
    ]
  }
  return ramMb === undefined ? [] : unevenMemory(size, constraints?.cellsMb ?? [ramMb])
}

/** A host's node takes a guest's only when its memory is whole pages (nova/objects/numa.py can_fit_pagesize). */
function unevenMemory(sizeKib: number, cellsMb: readonly number[]): LintFinding[] {
  // large is any size but the smallest; what is no multiple of 2 MiB is none of 1 GiB either.
  const pageKib = sizeKib === LARGE ? 2048 : sizeKib
  const uneven = pageKib > 0 ? cellsMb.findIndex((mb) => (mb * 1024) % pageKib !== 0) : -1
  if (uneven < 0) return []
  const mb = cellsMb[uneven]!
  const needed = Math.ceil((mb * 1024) / pageKib) * (pageKib / 1024)
  const [whose, ram] =
    cellsMb.length === 1 ? ['the guest', 'ram'] : [`NUMA node ${uneven} of the guest`, 'memory of each node']
  return [
    {
      code: 'memory-not-in-pages',
      severity: 'error',
      key: 'hw:mem_page_size',
      message: `${whose} has ${mb} MiB, which is no multiple of pages of ${pageKib} KiB, so that no host is found`,
      fix: `${ram} of ${needed} MiB, or smaller pages`,
    },
  ]
}

function readSize(text: string): number | undefined {
  try {
    return pageSizeKib(text)
  } catch (error) {
    if (error instanceof NovaRefusal) return undefined
    throw error
  }
}
