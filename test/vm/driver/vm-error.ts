/** The virtual machine could not be built, started or reached. Says what was wanted, what was found and what to do. */
export class VmError extends Error {
  override readonly name = 'VmError'
  /** stable, kebab-case: `no-such-tool`, `port-in-use`, `does-not-boot` */
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The machine gave no answer; what it was asked may or may not have been done. */
export const NO_ANSWER: readonly string[] = ['connection-lost', 'command-timeout']

export function isVmError(error: unknown, codes: readonly string[]): error is VmError {
  return error instanceof VmError && codes.includes(error.code)
}
