import { CpuSet, MAX_CPUS } from '../../cpu/cpu-set.ts'
import { InputError } from '../../errors.ts'
import { pythonInt } from '../python-text.ts'
import type { FunctionCall } from './env.ts'

/**
 * TuneD's CPU lists: `0-3,5`, negation `^4` or `!2-3`, masks `0xff` (may hold commas; `,,` ends one), quotes around.
 * A list that cannot be read gives no CPU, as TuneD does, and a warning.
 * @throws InputError for a CPU number beyond any machine
 */
export function unpackCpulist(text: string, call: FunctionCall): CpuSet {
  const cpus = readCpulist(text, call)
  if (cpus) return cpus
  // an undefined variable is reported where it would be written
  if (!text.includes('${'))
    call.warn('bad-cpulist', `the CPU list '${shown(text)}' cannot be read and counts as empty`)
  return CpuSet.empty
}

/** As `unpackCpulist`, but undefined for a list that cannot be read. */
export function readCpulist(text: string, call: FunctionCall): CpuSet | undefined {
  const added: number[] = []
  const removed: number[] = []
  for (const item of itemsOf(text)) {
    const cpus = item.kind === 'mask' ? maskCpus(item.text, call).cpus : rangeCpus(item, call)
    if (!cpus) return undefined
    const into = item.kind === 'negation' ? removed : added
    for (const cpu of cpus) into.push(cpu)
  }
  return CpuSet.of(added).minus(CpuSet.of(removed))
}

/** CPUs of a hexadecimal mask, with or without `0x`, commas ignored; empty (and a warning) when it is none. */
export function maskCpus(text: string, call: FunctionCall): CpuSet {
  const match = /^\s*\+?(?:0x_?)?([0-9a-f]+(?:_[0-9a-f]+)*)\s*$/i.exec(text.replaceAll(',', ''))
  if (!match) {
    if (!text.includes('${'))
      call.warn('bad-cpumask', `'${shown(text)}' is not a hexadecimal CPU mask and counts as empty`)
    return CpuSet.empty
  }
  const digits = match[1]!.replaceAll('_', '').replace(/^0+(?=.)/, '')
  if (digits.length > MAX_CPUS / 4) throw beyond(`the mask '${shown(text)}'`, call)
  return CpuSet.parseMask(digits)
}

/** The list with every CPU written out: `0,1,2`. */
export function unpacked(cpus: CpuSet): string {
  return cpus.cpus.join(',')
}

interface Item {
  kind: 'range' | 'negation' | 'mask'
  text: string
}

function itemsOf(text: string): Item[] {
  const items: Item[] = []
  let mask: string | undefined
  for (const part of trimQuotes(text).split(',')) {
    if (mask !== undefined && part !== '') mask += part
    else if (mask !== undefined) {
      items.push({ kind: 'mask', text: mask })
      mask = undefined
    } else if (/^0x/i.test(part)) mask = part
    else if (/^[!^]/.test(part)) items.push({ kind: 'negation', text: part.slice(1) })
    else if (part !== '') items.push({ kind: 'range', text: part })
  }
  if (mask !== undefined) items.push({ kind: 'mask', text: mask })
  return items
}

function rangeCpus(item: Item, call: FunctionCall): readonly number[] | undefined {
  const [from, to] = item.text.split('-')
  const first = pythonInt(from!)
  const last = to === undefined ? first : pythonInt(to)
  if (first === undefined || last === undefined) return undefined
  if (first >= MAX_CPUS || last >= MAX_CPUS) throw beyond(`CPU ${Math.max(first, last)}`, call)
  return last < first ? [] : CpuSet.range(first, last).cpus
}

function trimQuotes(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && `'"`.includes(text[start]!)) start++
  while (end > start && `'"`.includes(text[end - 1]!)) end--
  return text.slice(start, end)
}

function beyond(what: string, call: FunctionCall): InputError {
  return new InputError({
    code: 'bad-cpulist',
    message: `${what} is beyond any machine (the largest CPU number is ${MAX_CPUS - 1})`,
    place: call.place,
  })
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
