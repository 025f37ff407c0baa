import type { ProfileFunction } from './env.ts'

/**
 * All online CPUs but the first N (default 1) of each socket. Hardware threads and NUMA nodes are not considered:
 * `auto_isolated_cores` does that.
 * `${f:calc_isolated_cores:1}` on two sockets with CPUs 0-3 and 4-7 => `1,2,3,5,6,7`
 */
export const calcIsolatedCores: ProfileFunction = {
  name: 'calc_isolated_cores',
  arity: [0, 1],
  call([reserve = '1'], { env, warn }) {
    if (!/^\p{Nd}+$/u.test(reserve)) {
      warn('bad-argument', `calc_isolated_cores takes the number of CPUs to keep, not '${reserve}'`)
      return undefined
    }
    const bySocket = new Map<number, number[]>()
    for (const { cpu, package: socket } of env.facts.cpu.places) {
      if (socket >= 0) bySocket.set(socket, [...(bySocket.get(socket) ?? []), cpu])
    }
    const isolated = [...bySocket.values()].flatMap((cpus) =>
      cpus.sort((a, b) => a - b).slice(Number(reserve)),
    )
    return isolated.sort((a, b) => a - b).join(',')
  },
}
