import { CpuSet, MAX_CPUS } from '../cpu/cpu-set.ts'
import { InputError } from '../errors.ts'

/**
 * Parses a CPU list as libvirt does (virBitmapParse, checked against `virsh define`): numbers and ranges in order,
 * `^N` takes one number out of what stands before it, one comma may end the list, blanks around items are fine.
 * `0-3,^2` is 0-1,3 and `^2,0-3` is 0-3.
 * @throws InputError `bad-cpuset` for what libvirt refuses too, and for a list that ends up empty
 */
export function parseCpuset(text: string, where: string): CpuSet {
  const items = text.split(',').map((item) => item.trim())
  if (items.length > 1 && items.at(-1) === '') items.pop()
  const cpus = new Set<number>()
  for (const item of items) {
    const match = /^(\^)?(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(item)
    if (!match || (match[1] && match[3]))
      throw bad(text, where, `'${clip(item)}' is no number, range or ^number`)
    const first = Number(match[2])
    const last = Number(match[3] ?? first)
    if (last < first) throw bad(text, where, `the range '${item}' runs backwards`)
    if (last >= MAX_CPUS) throw bad(text, where, `CPU ${last} is beyond any machine (limit ${MAX_CPUS - 1})`)
    for (let cpu = first; cpu <= last; cpu++) match[1] ? cpus.delete(cpu) : cpus.add(cpu)
  }
  if (cpus.size === 0) throw bad(text, where, 'nothing is left in it')
  return CpuSet.of(cpus)
}

function bad(text: string, where: string, what: string): InputError {
  return new InputError({
    code: 'bad-cpuset',
    message: `${where}: the CPU list '${clip(text)}' cannot be read: ${what}`,
    next: "libvirt refuses it, too. Write numbers and ranges split by commas, for example '2-5,^4'.",
  })
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
