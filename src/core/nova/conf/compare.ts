import { parseCpuSpec } from '../cpu-spec.ts'
import { NovaRefusal } from '../refusal.ts'
import { readReservedPages } from './reserved-pages.ts'
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

/** One text for one meaning, however node, size and count are written. */
function pages(text: string): string {
  const read = readReservedPages(text)
  return read ? `${read.node} ${read.sizeKib} ${read.count}` : text
}

function sorted(list: readonly string[]): string {
  return list.toSorted().join('\n')
}
