import { InputError } from '../errors.ts'

/** CONFIG_NR_CPUS of the largest distribution kernels is 8192; a larger number is a typing error. */
export const MAX_CPUS = 8192

/**
 * An immutable set of CPU numbers, printed as a compact kernel cpulist (`2-55,58-111`).
 * The kernel's own format: Documentation/admin-guide/cputopology.rst, lib/bitmap-str.c.
 */
export class CpuSet {
  static readonly empty = new CpuSet([])
  /** ascending, without duplicates */
  readonly cpus: readonly number[]
  readonly #has: ReadonlySet<number>

  private constructor(sorted: readonly number[]) {
    this.cpus = sorted
    this.#has = new Set(sorted)
  }

  static of(cpus: Iterable<number>): CpuSet {
    const sorted = [...new Set(cpus)].sort((a, b) => a - b)
    return sorted.length === 0 && CpuSet.empty ? CpuSet.empty : new CpuSet(sorted)
  }

  static range(first: number, last: number): CpuSet {
    return CpuSet.of(Array.from({ length: last - first + 1 }, (_, i) => first + i))
  }

  /**
   * Parses a kernel cpulist: `0-3,5`, white space around items and empty text allowed.
   * @throws InputError `bad-cpulist` with the offending item and its column.
   */
  static parse(text: string): CpuSet {
    const cpus: number[] = []
    let column = 1
    for (const part of text.split(',')) {
      const item = part.trim()
      if (item !== '') {
        const match = /^(\d+)(?:-(\d+))?$/.exec(item)
        if (!match) throw badCpulist(text, `'${item}' is neither a CPU number nor a range`, column)
        const first = Number(match[1])
        const last = match[2] === undefined ? first : Number(match[2])
        if (last < first) throw badCpulist(text, `the range '${item}' runs backwards`, column)
        if (last >= MAX_CPUS)
          throw badCpulist(text, `CPU ${last} is beyond any machine (limit ${MAX_CPUS - 1})`, column)
        for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu)
      } else if (text.trim() !== '') {
        throw badCpulist(text, 'an item is empty', column)
      }
      column += part.length + 1
    }
    return CpuSet.of(cpus)
  }

  /** Parses a kernel hexadecimal mask, groups of 32 bits split by commas: `ff,ffffffff`, `0x3`. */
  static parseMask(text: string): CpuSet {
    const hex = text.trim().replace(/^0x/i, '')
    if (!/^[0-9a-f]+(,[0-9a-f]{1,8})*$/i.test(hex)) {
      throw new InputError({ code: 'bad-cpumask', message: `'${text}' is not a hexadecimal CPU mask` })
    }
    const digits = hex
      .split(',')
      .map((group, index) => (index === 0 ? group : group.padStart(8, '0')))
      .join('')
    const cpus: number[] = []
    for (let i = 0; i < digits.length; i++) {
      const nibble = Number.parseInt(digits[digits.length - 1 - i]!, 16)
      for (let bit = 0; bit < 4; bit++) if (nibble & (1 << bit)) cpus.push(i * 4 + bit)
    }
    return CpuSet.of(cpus)
  }

  get size(): number {
    return this.cpus.length
  }
  get first(): number | undefined {
    return this.cpus[0]
  }
  has(cpu: number): boolean {
    return this.#has.has(cpu)
  }
  union(other: CpuSet): CpuSet {
    return CpuSet.of([...this.cpus, ...other.cpus])
  }
  intersect(other: CpuSet): CpuSet {
    return CpuSet.of(this.cpus.filter((cpu) => other.has(cpu)))
  }
  minus(other: CpuSet): CpuSet {
    return CpuSet.of(this.cpus.filter((cpu) => !other.has(cpu)))
  }
  equals(other: CpuSet): boolean {
    return this.size === other.size && this.cpus.every((cpu) => other.has(cpu))
  }
  isSubsetOf(other: CpuSet): boolean {
    return this.cpus.every((cpu) => other.has(cpu))
  }

  /** Compact cpulist: `0,2-5`. */
  toString(): string {
    const parts: string[] = []
    for (let i = 0; i < this.cpus.length; ) {
      let j = i
      while (j + 1 < this.cpus.length && this.cpus[j + 1] === this.cpus[j]! + 1) j++
      parts.push(i === j ? `${this.cpus[i]}` : `${this.cpus[i]}-${this.cpus[j]}`)
      i = j + 1
    }
    return parts.join(',')
  }

  /** Kernel mask text: 8 digits a group, groups of 32 bits from the highest down: `0000000f,ffffffff`. */
  toMask(): string {
    const groups = Math.floor((this.cpus.at(-1) ?? 0) / 32) + 1
    const words = new Array<number>(groups).fill(0)
    for (const cpu of this.cpus) words[Math.floor(cpu / 32)]! += 2 ** (cpu % 32)
    return words
      .reverse()
      .map((word) => word.toString(16).padStart(8, '0'))
      .join(',')
  }

  toJSON(): string {
    return this.toString()
  }
}

function badCpulist(text: string, what: string, column: number): InputError {
  return new InputError({
    code: 'bad-cpulist',
    message: `the CPU list '${text.length > 80 ? `${text.slice(0, 80)}…` : text}' cannot be read: ${what} (column ${column})`,
    next: "Write it as the kernel does: numbers and ranges split by commas, for example '2-5,8'.",
  })
}
