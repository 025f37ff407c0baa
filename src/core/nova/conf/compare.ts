import { parseCpuSpec } from '../cpu-spec.ts'
import { NovaRefusal } from '../refusal.ts'
import { listOf, type WantedOption } from './wanted.ts'

/** True when what stands in the file means what is wanted, however it is written: `4,5` is `4-5`, `1GB` is `1048576`. */
export function meansTheSame({ compare, values }: WantedOption, have: readonly string[]): boolean {
  switch (compare) {
    case 'text':
      return have.length > 0 && have.at(-1)!.trim() === values[0]
    case 'cpus':
      return have.length > 0 && sameCpus(values[0]!, have.at(-1)!)
    case 'filters':
      return have.length > 0 && listOf(values[0]!).every((filter) => listOf(have.at(-1)!).includes(filter))
    case 'pages':
      return sorted(have.map(pages)) === sorted(values.map(pages))
  }
}

function sameCpus(want: string, have: string): boolean {
  try {
    const [wanted, there] = [parseCpuSpec(want), parseCpuSpec(have)]
    return wanted.size === there.size && [...wanted].every((cpu) => there.has(cpu))
  } catch (error) {
    if (error instanceof NovaRefusal) return false
    throw error
  }
}

/** Size in KiB whichever way it is written; the unit is KiB by default (nova/conf/compute.py reserved_huge_pages). */
function pages(text: string): string {
  const parts = new Map(
    listOf(text).map((part): [string, string] => {
      const colon = part.indexOf(':')
      return [part.slice(0, colon).trim(), part.slice(colon + 1).trim()]
    }),
  )
  return `${parts.get('node')} ${sizeKib(parts.get('size') ?? '')} ${parts.get('count')}`
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  KB: 1,
  KIB: 1,
  MB: 1024,
  MIB: 1024,
  GB: 1048576,
  GIB: 1048576,
}

function sizeKib(text: string): string {
  const match = /^(\d+)([A-Za-z]*)$/.exec(text)
  const unit = UNITS[match?.[2]?.toUpperCase() ?? '?']
  return match && unit !== undefined ? String(Number(match[1]) * unit) : text
}

function sorted(list: readonly string[]): string {
  return list.toSorted().join('\n')
}
