import { pythonInt } from './python-values.ts'
import { NovaRefusal } from './refusal.ts'

/** No real set names more (CONFIG_NR_CPUS 8192), even twice over; nova itself runs out of memory or time on such a typing error. */
const MOST_NAMED = 200_000

/**
 * Nova's set syntax, `4-12,^8,15` (nova/virt/hardware.py parse_cpu_spec): blanks and empty items are fine, exclusions
 * always win whatever the order.
 * @throws NovaRefusal `Invalid`
 */
export function parseCpuSpec(spec: string): ReadonlySet<number> {
  const included = new Set<number>()
  const excluded = new Set<number>()
  let named = 0
  for (const part of spec.split(',')) {
    const rule = part.trim()
    if (rule === '') continue
    const dash = rule.indexOf('-')
    const target = rule.startsWith('^') ? excluded : included
    const body = rule.startsWith('^') ? rule.slice(1) : rule
    if (dash >= 0) named += addRange(target, body, rule, MOST_NAMED - named)
    else target.add(single(body, rule, target === excluded))
  }
  for (const cpu of excluded) included.delete(cpu)
  return included
}

/** @returns how many CPUs it names; at most `most` are taken */
function addRange(target: Set<number>, body: string, rule: string, most: number): number {
  const dash = body.indexOf('-')
  const [start, end] = [pythonInt(body.slice(0, dash)), pythonInt(body.slice(dash + 1))]
  if (start === undefined || end === undefined || start > end || end - start >= most) {
    throw new NovaRefusal('Invalid', `Invalid range expression '${rule}'`)
  }
  for (let cpu = start; cpu <= end; cpu++) target.add(cpu)
  return end - start + 1
}

function single(body: string, rule: string, exclusion: boolean): number {
  const cpu = pythonInt(body)
  if (cpu !== undefined) return cpu
  throw new NovaRefusal('Invalid', `Invalid ${exclusion ? 'exclusion' : 'inclusion'} expression '${rule}'`)
}

/** A mask over a guest's vCPUs: one that starts with ^ takes away from all of them, else it names them. */
export function maskedVcpus(mask: string, vcpus: number): ReadonlySet<number> {
  return parseCpuSpec(mask.trim().startsWith('^') ? `0-${vcpus - 1},${mask}` : mask)
}
