import { MachineError } from '../core/errors.ts'

const GONE = new Set(['ENOENT', 'ENOTDIR'])

/** `ENOENT` of a system error. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
}

/** What `act` answers, or undefined for a path that does not exist. @throws MachineError `io-…` for any other error */
export function ifThere<T>(verb: string, path: string, act: () => T): T | undefined {
  try {
    return act()
  } catch (error) {
    if (GONE.has(codeOf(error) ?? '')) return undefined
    throw failure(verb, path, error)
  }
}

/** What `act` answers. @throws MachineError `io-…` that says what could not be done to which path, and what to do */
export function attempt<T>(verb: string, path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw failure(verb, path, error)
  }
}

const NEXT: Record<string, string> = {
  EACCES: 'Run it as root.',
  EPERM: 'Run it as root; inside a container the kernel may refuse it altogether.',
  EROFS: 'The file system is mounted read-only; mount it writable and try again.',
  ENOSPC: 'The file system is full; make room and try again.',
  ENOENT: 'Check that the path exists on this machine.',
}

function failure(verb: string, path: string, error: unknown): MachineError {
  if (error instanceof MachineError) return error
  const code = codeOf(error) ?? 'unknown'
  const next = NEXT[code]
  return new MachineError({
    code: `io-${code.toLowerCase()}`,
    message: `could not ${verb} ${path}: ${describe(error)}`,
    place: { file: path },
    cause: error,
    ...(next === undefined ? {} : { next }),
  })
}

/** `EROFS: read-only file system`, without Node's repetition of the path. */
function describe(error: unknown): string {
  return error instanceof Error
    ? error.message.replace(/, \w+(?: '[^']*'(?: -> '[^']*')?)?$/, '')
    : String(error)
}
