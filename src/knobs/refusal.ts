import { MachineError } from '../core/errors.ts'
import { RefusedError } from './knob.ts'

/** How the kernel says that it will not take a value, whoever asks: errno(3) names, each with what it means here. */
const MEANING: Readonly<Record<string, string>> = {
  EIO: 'the kernel does not let it be changed (EIO)',
  EPERM: 'the kernel does not let it be changed (EPERM)',
  EINVAL: 'the kernel does not take this value (EINVAL)',
  ERANGE: 'the value is out of the range that the kernel takes (ERANGE)',
  EOVERFLOW: 'the value is larger than the kernel takes (EOVERFLOW)',
  ENODEV: 'its device or driver is not there (ENODEV)',
  ENXIO: 'its device is not there (ENXIO)',
  ENOENT: 'it is not there any more (ENOENT)',
  EBUSY: 'it is in use and cannot be changed now (EBUSY)',
  ENOSPC: 'there is no room left for it, such as interrupt vectors on these CPUs (ENOSPC)',
  ENOMEM: 'the kernel has no memory for it (ENOMEM)',
  EOPNOTSUPP: 'its driver does not support it (EOPNOTSUPP)',
  ENOTSUP: 'its driver does not support it (ENOTSUP)',
  // 524, a kernel-internal number that drivers leak; Node knows no name for it.
  'Unknown system error -524': 'its driver does not support it (ENOTSUPP)',
}

/**
 * Does the write; an answer of the kernel that will not change by trying again becomes a RefusedError.
 * EACCES and EROFS (no privilege, a container's read-only /proc/sys) stay MachineErrors: there the operator can act.
 * @throws RefusedError, MachineError
 */
export function orRefused<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const meaning = MEANING[errorName(error) ?? '']
    if (meaning === undefined) throw error
    throw new RefusedError(`${path}: ${meaning}`, { cause: error })
  }
}

/** `EIO` of a MachineError whose cause is the system's error. */
export function errorName(error: unknown): string | undefined {
  const cause = error instanceof MachineError ? error.cause : error
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined
  return String(cause.code)
}

/** One sentence for a file that is there and cannot be read. */
export function whyUnreadable(path: string, error: unknown): string {
  const name = errorName(error)
  if (name === 'EACCES') return `${path} can only be read by root`
  return error instanceof Error ? error.message : `${path} cannot be read`
}
