import { CpuSet } from '../core/cpu/cpu-set.ts'
import { MachineError } from '../core/errors.ts'
import type { Root } from './ports.ts'

/**
 * A cpulist file of sysfs; undefined when it is not there. Kernels that have no mask to show print `(null)`.
 * @throws MachineError `bad-cpulist-file` for any other text that is no cpulist
 */
export function readCpus(root: Root, path: string): CpuSet | undefined {
  const text = root.readTextIfThere(path)?.trim()
  if (text === undefined) return undefined
  if (text === '(null)') return CpuSet.empty
  try {
    return CpuSet.parse(text)
  } catch (cause) {
    throw new MachineError({
      code: 'bad-cpulist-file',
      message: `${path} holds '${text.slice(0, 80)}', which is no list of CPUs`,
      place: { file: path },
      cause,
    })
  }
}
