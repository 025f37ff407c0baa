import { canonicalName, type Parameter, parseCommandLine } from './parse.ts'

/**
 * What is added, removed and compared as one: a parameter, or a page size with its count. `hugepages=8` means nothing
 * without the `hugepagesz=` before it (Documentation/admin-guide/mm/hugetlbpage.rst), so the two stay together.
 */
export interface ParameterUnit {
  /** what it sets: the canonical name, with the page size for counts of huge pages (`hugepages@1073741824`) */
  key: string
  /** the parameter that carries the value */
  parameter: Parameter
  /** as written: `isolcpus=2-3`, `hugepagesz=1G hugepages=8` */
  text: string
}

/** The units of a command line, in order. What follows `--` is init's and is left out. */
export function parseUnits(line: string): ParameterUnit[] {
  const units: ParameterUnit[] = []
  // hugetlb's parser keeps the last hugepagesz= until the next one; `told` once a count has used it.
  let size: Parameter | undefined
  let told = true
  const sizeAlone = () => {
    if (size && !told) units.push({ key: 'hugepagesz', parameter: size, text: size.text })
  }
  for (const parameter of parseCommandLine(line).parameters) {
    if (parameter.name === 'hugepagesz') {
      sizeAlone()
      size = parameter
      told = false
    } else if (parameter.name === 'hugepages') {
      const text = size ? `${size.text} ${parameter.text}` : parameter.text
      units.push({ key: `hugepages@${size ? pageSizeBytes(size.value ?? '') : 'default'}`, parameter, text })
      told = true
    } else {
      units.push({ key: canonicalName(parameter.name), parameter, text: parameter.text })
    }
  }
  sizeAlone()
  return units
}

/** Page sizes as the kernel's memparse reads them: `1G` equals `1024M`. Unreadable text stays as it is. */
export function pageSizeBytes(text: string): string {
  const match = /^(\d{1,15})([kmgt]?)$/i.exec(text)
  if (!match) return text
  const shift = { '': 0n, k: 10n, m: 20n, g: 30n, t: 40n }[match[2]!.toLowerCase()]!
  return (BigInt(match[1]!) << shift).toString()
}
