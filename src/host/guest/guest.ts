/** What a program in the guest left. */
export interface GuestResult {
  /** null when a signal ended it */
  exitCode: number | null
  stdout: string
  stderr: string
}

export interface GuestRunOptions {
  timeoutMs?: number
  /** ends the wait, and the program in the guest where the way to it can */
  signal?: AbortSignal
}

/** Another machine in which programs can be run: a guest of this host. */
export interface Guest {
  readonly name: string
  /**
   * Runs a program in the guest; resolves for every exit code of it.
   * @throws MachineError `guest-unreachable`, `guest-timeout`, `guest-agent`, `interrupted`
   */
  run(argv: readonly string[], options?: GuestRunOptions): Promise<GuestResult>
}
