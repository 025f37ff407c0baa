import type { CpuSet } from '../../../core/cpu/cpu-set.ts'
import { MachineError } from '../../../core/errors.ts'
import type { Runner } from '../../../host/ports.ts'

/**
 * stress-ng bound to the housekeeping CPUs: arithmetic on each, memory that is mapped and touched, forks and context
 * switches. Its stressors end with it (PR_SET_PDEATHSIG), and it ends by itself at `--timeout`.
 * @throws MachineError `no-such-program`
 */
export function stressNgCommand(cpus: CpuSet, durationS: number, runner: Runner): string[] {
  if (runner.find('stress-ng') === undefined) {
    throw new MachineError({
      code: 'no-such-program',
      message: "the suite's load needs the program 'stress-ng', which is not installed",
      next: "Install it ('apt install stress-ng' or 'dnf install stress-ng'), or choose the load 'fork-signal', which needs nothing.",
    })
  }
  const workers = ['--cpu', `${cpus.size}`, '--vm', '1', '--vm-bytes', '64M', '--fork', '1', '--switch', '1']
  const limits = ['--timeout', `${Math.ceil(durationS)}s`, '--temp-path', '/tmp', '--oomable', '--quiet']
  return ['taskset', '-c', `${cpus}`, 'stress-ng', ...workers, ...limits]
}
