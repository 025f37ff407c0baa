import type { ProfileFunction } from './env.ts'

/**
 * The argument when it is a number; else the number of CPUs that ordinary tasks may use now (what `nproc` prints:
 * online and not isolated by the running kernel), with a warning.
 * `${f:check_net_queue_count:4}` => `4`
 */
export const checkNetQueueCount: ProfileFunction = {
  name: 'check_net_queue_count',
  arity: [1, 1],
  call([count = ''], { env, warn }) {
    if (/^\d+$/.test(count)) return count
    const { online, isolated } = env.facts.cpu
    const housekeeping = online.minus(isolated).size
    warn(
      'net-queue-count',
      `netdev_queue_count is not set: ${housekeeping} queues, one for each housekeeping CPU`,
    )
    return `${housekeeping}`
  },
}
