import type { CpuSet } from '../../../core/cpu/cpu-set.ts'
import { type Refusal, usageRefusal } from '../tool.ts'

export const RTLA_PACKAGES = { debian: 'rtla', rhel: 'rtla' }

/** What both rtla tools share: the measured CPUs, the housekeeping CPUs (option of newer versions, else taskset). */
export function rtlaArgv(
  mode: 'timerlat' | 'osnoise',
  cpus: CpuSet,
  housekeeping: CpuSet,
  help: string,
): string[] {
  const own = help.includes('--house-keeping')
  const argv = own ? ['rtla', mode, 'hist'] : ['taskset', '-c', `${housekeeping}`, 'rtla', mode, 'hist']
  argv.push('-c', `${cpus}`)
  if (own) argv.push('-H', `${housekeeping}`)
  return argv
}

/** rtla refuses fewer than 10 rows (`-E`). */
export function entries(rows: number): string {
  return `${Math.max(10, rows)}`
}

/** rtla exits 0, 1 or 2 for many things: only a histogram on stdout says that it measured. */
export function rtlaRefusal(
  run: { exitCode: number | null; stdout: string; stderr: string },
  tracer: string,
): Refusal | undefined {
  if (/^# RTLA /m.test(run.stdout)) return undefined
  const output = `${run.stdout}\n${run.stderr}`
  if (/needs root|Operation not permitted|Permission denied/i.test(output)) {
    return { code: 'no-privilege', message: 'rtla must be root', next: 'Run it as root.' }
  }
  if (/[Cc]ould not apply config|Failed to (apply|enable|init)|tracer.*not/.test(output)) {
    return {
      code: 'no-tracer',
      message: `rtla could not use the ${tracer} tracer of this kernel (CONFIG_${tracer.toUpperCase()}_TRACER is off, or tracefs is locked): ${firstLine(output)}`,
      next: 'Boot a kernel that has it (Debian: linux-image-rt-amd64, RHEL: kernel-rt), or use cyclictest instead.',
    }
  }
  return usageRefusal('rtla', output)
}

function firstLine(text: string): string {
  return text.trimStart().split('\n')[0] ?? ''
}
