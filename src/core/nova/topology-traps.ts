import type { Flavor } from './flavor.ts'
import type { LintFinding } from './lint.ts'

/**
 * nova's API takes hw:max_cpu_sockets, its boot reads hw:cpu_max_sockets (nova/virt/hardware.py
 * _get_cpu_topology_constraints): the first is stored and does nothing.
 */
export function topologyTraps({ specs }: Flavor): LintFinding[] {
  return ['sockets', 'cores', 'threads'].flatMap((what): LintFinding[] => {
    const [taken, read] = [`hw:max_cpu_${what}`, `hw:cpu_max_${what}`]
    if (!specs.has(taken)) return []
    return [
      {
        code: 'limit-not-read',
        severity: 'error',
        key: taken,
        message: `the API takes ${taken} and no boot reads it: the limit is ${read}, which the API takes below microversion 2.86 only`,
        fix: `${read}, set with a microversion below 2.86`,
      },
    ]
  })
}
