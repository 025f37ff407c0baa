import type { CpuSet } from '../../../core/cpu/cpu-set.ts'

/**
 * The talk's own test: "Simple application executing fork() repeatedly" and "Task that sends signal to fork app".
 * The text is fixed: nothing of the operator's reaches this shell. Each `(:)` is a fork.
 */
const SCRIPT = `
trap : USR1
(trap : USR1; while :; do (:); done) &
forker=$!
while kill -USR1 "$forker" 2>/dev/null; do :; done
`

/**
 * timeout(1) sends what ends it on to its whole process group, so that the forking process never outlives it, and
 * ends by itself after `durationS`.
 */
export function forkSignalCommand(cpus: CpuSet, durationS: number): string[] {
  return ['taskset', '-c', `${cpus}`, 'timeout', '-k', '5', `${Math.ceil(durationS)}`, 'sh', '-c', SCRIPT]
}
