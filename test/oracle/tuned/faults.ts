import type { Answer } from './oracle.ts'

/**
 * Takes TuneD's known faults out of an answer before it is compared; docs/tuned-differences.md has the reasons.
 * 1. cpulist_invert gives CPUs in the order of Python's hash table: every plain list is sorted.
 * 2. check_net_queue_count leaves the newline of `nproc` in the value: it is taken off.
 * 3. A line break within a kernel command line: it becomes a blank.
 * 4. A [script] section without a script of its own doubles the included profile's list: taken once.
 */
export function withoutTunedFaults(answer: Answer): Answer {
  if ('error' in answer) return { error: 'refused' }
  const text = JSON.stringify(answer).replace(/\d+(?:,\d+)+/g, (list) =>
    list
      .split(',')
      .sort((a, b) => Number(a) - Number(b))
      .join(','),
  )
  const sorted = JSON.parse(text) as typeof answer
  const scripts = sorted.units.script?.options as Record<string, string> | undefined
  if (scripts?.script !== undefined) scripts.script = once(scripts.script)
  const channels = sorted.units.net?.options as Record<string, string> | undefined
  if (channels?.channels !== undefined) channels.channels = channels.channels.trimEnd()
  return { ...sorted, cmdline: sorted.cmdline.trim().replace(/\s*\n\s*/g, ' ') }
}

/** `x\nx` => `x`, however often it was doubled. */
function once(list: string): string {
  const half = list.slice(0, (list.length - 1) / 2)
  return list === `${half}\n${half}` ? once(half) : list
}
