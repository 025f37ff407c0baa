import { CpuSet } from '../cpu/cpu-set.ts'
import { type ParameterRule, ruleOf } from './parameter-table.ts'
import { parseParameter, sameName } from './parse.ts'

/** A value such as `managed_irq,domain,2-4`, read. */
export interface CpulistValue {
  flags: readonly string[]
  cpus: CpuSet
}

/**
 * Reads the value of a parameter that carries a cpulist. Undefined for other parameters and for what only the kernel
 * can read (`all`, `N`, strides `0-31:2/4`): that text is left as it is.
 */
export function cpulistOf(name: string, value: string | undefined): CpulistValue | undefined {
  const rule: ParameterRule['cpulist'] = ruleOf(name).cpulist
  if (!rule || value === undefined) return undefined
  const words = value.split(',')
  const firstCpu = words.findIndex((word) => !rule.flags.includes(word))
  const flags = firstCpu < 0 ? words : words.slice(0, firstCpu)
  const list = firstCpu < 0 ? '' : words.slice(firstCpu).join(',')
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined
  try {
    return { flags: flags.length === 0 ? rule.implied : flags, cpus: CpuSet.parse(list) }
  } catch {
    return undefined
  }
}

const KERNEL_ITEM = /^(all|(\d+|n)(-(\d+|n))?)(:\d+\/\d+)?$/i

/**
 * What is wrong with a parameter that should hold a cpulist, or looks like the rest of one; undefined when nothing is.
 * A clause without subject: `ends in a comma`.
 */
export function cpulistFault(text: string): string | undefined {
  const { name, value } = parseParameter(text)
  if (value === undefined)
    return /^,?\d+([,-]\d*)+$/.test(name) ? 'looks like the rest of a CPU list' : undefined
  const rule = ruleOf(name).cpulist
  if (!rule) return undefined
  const words = value.split(',').map((word) => word.trim())
  const list = words.slice(words.findIndex((word) => !rule.flags.includes(word)))
  if (list.at(-1) === '') return list.length === 1 ? 'has no CPU' : 'ends in a comma'
  return list.every((item) => KERNEL_ITEM.test(item)) ? undefined : 'is no CPU list that the kernel can read'
}

/** The same parameter with its cpulist in compact form, flags as written: `isolcpus=domain,2,3,4` → `isolcpus=domain,2-4`. */
export function compactParameter(text: string): string {
  const { name, value } = parseParameter(text)
  const read = cpulistOf(name, value)
  if (!read || value === undefined) return text
  const flags = value.split(',').filter((word) => /^[a-z_]+$/.test(word))
  return `${name}=${[...flags, read.cpus.toString()].join(',')}`
}

/** The CPUs that a command line's parameter names, and its flags; undefined when it is not there or cannot be read. */
export function cpusOf(texts: readonly string[], name: string): CpulistValue | undefined {
  const parameters = texts.map(parseParameter).filter((parameter) => sameName(parameter.name, name))
  const counting = ruleOf(name).repeated === 'first-wins' ? parameters[0] : parameters.at(-1)
  return counting && cpulistOf(name, counting.value)
}
