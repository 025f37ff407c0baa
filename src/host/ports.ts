/**
 * The ports: all that quietcore can do to a machine. Real adapters lie beside this file; nothing here decides anything.
 * Paths are machine paths (`/proc/cmdline`); only this room joins them to the root directory.
 */
import type { CpuSet } from '../core/cpu/cpu-set.ts'

export interface FileInfo {
  kind: 'file' | 'directory' | 'link' | 'other'
  mode: number
  uid: number
  gid: number
  sizeBytes: number
}

/**
 * A machine's file tree. Synchronous: reading /proc and sysfs blocks for microseconds, a thread pool costs more.
 * Every method that fails throws MachineError with the system's error as cause; `…IfThere` answers undefined
 * for a path that does not exist (ENOENT, ENOTDIR) and throws for every other error.
 */
export interface Root {
  /** `/` for this machine, else the directory that holds a machine */
  readonly dir: string
  /** true for this machine itself */
  readonly live: boolean
  readText(path: string): string
  readTextIfThere(path: string): string | undefined
  readBytesIfThere(path: string): Buffer | undefined
  exists(path: string): boolean
  info(path: string): FileInfo | undefined
  /** names in a directory, sorted; empty when it is not there */
  list(path: string): string[]
  /** machine paths that match a pattern of `*`, `?` and `[…]`, sorted in natural order (cpu2 before cpu10) */
  glob(pattern: string): string[]
  /** the machine path that a link leads to; undefined when there is none */
  realPath(path: string): string | undefined
  /** sysfs and procfs: one write in place, no temporary file, nothing created */
  writeLive(path: string, text: string): void
  /** temp file in the same folder, fsync, rename, fsync of the folder; folders are made; mode and owner of an existing file stay */
  writeFile(path: string, content: string | Uint8Array, mode?: number): void
  /** clears what a `writeFile` of this path left beside it when it was killed half-way */
  discardTemporary(path: string): void
  /** appends in one write and fsyncs (the journal) */
  append(path: string, content: string): void
  /** unlink and fsync of the folder; a missing file is fine */
  remove(path: string): void
  /** rmdir when empty, no mount point and not on a read-only file system; else nothing */
  removeFolderIfEmpty(path: string): void
  makeFolder(path: string, mode?: number): void
  /** creates with O_EXCL; false when it is there already (the lock) */
  createExclusive(path: string, content: string): boolean
  /** absolute path for a child process that runs outside the root */
  outside(path: string): string
}

export interface RunOptions {
  input?: string
  env?: Record<string, string>
  timeoutMs?: number
  cwd?: string
  /** ends the child: `endWith`, then SIGKILL after 5 s */
  signal?: AbortSignal
  /** what asks the child to end, on `signal` and time-out; SIGTERM unless said otherwise */
  endWith?: 'SIGTERM' | 'SIGINT'
  /** its own session: a terminal's Ctrl-C reaches only quietcore, which then ends it once, by `endWith` */
  ownSession?: boolean
  /** called for each chunk of stdout as it comes */
  onStdout?: (chunk: string) => void
}

export interface RunResult {
  argv: readonly string[]
  /** null when a signal ended it */
  exitCode: number | null
  signal: string | null
  stdout: string
  stderr: string
  timedOut: boolean
  durationMs: number
}

/** Starts programs of the machine, never through a shell. Under a root directory they run inside it (chroot). */
export interface Runner {
  /** absolute machine path of a program, or undefined when this machine has none */
  find(program: string): string | undefined
  /** resolves for every exit code; rejects with MachineError `no-such-program` when it cannot be started */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>
  runSync(
    argv: readonly string[],
    options?: Pick<RunOptions, 'input' | 'env' | 'timeoutMs' | 'cwd'>,
  ): RunResult
}

export type Policy = 'other' | 'fifo' | 'rr' | 'batch' | 'idle' | 'deadline'

/** One thread of the machine. */
export interface Task {
  /** thread id */
  tid: number
  /** process id (thread group) */
  pid: number
  /** process that started it, or that took it over when that one ended; 0 for the kernel's first ones */
  parent: number
  comm: string
  kernel: boolean
  /** the kernel refuses a change of its CPUs (PF_NO_SETAFFINITY) */
  bound: boolean
  policy: Policy
  /** 1..99 for fifo and rr, else 0 */
  priority: number
  /** clock ticks after boot: with the tid it names the task for ever */
  startTicks: number
}

export interface TaskFailure {
  tid: number
  reason: string
}

/** Scheduling of the machine's threads. Under a root directory its /proc files are read and rewritten. */
export interface Tasks {
  all(): Task[]
  /** undefined when it has ended */
  find(tid: number): Task | undefined
  affinity(tid: number): CpuSet | undefined
  /** arguments joined by blanks; empty for kernel threads */
  commandLine(pid: number): string
  /** ended tasks are no failure */
  setAffinity(changes: readonly { tid: number; cpus: CpuSet }[]): Promise<TaskFailure[]>
  setPolicy(changes: readonly { tid: number; policy: Policy; priority: number }[]): Promise<TaskFailure[]>
}

export interface Clock {
  now(): Date
  monotonicMs(): number
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface Log {
  write(level: LogLevel, message: string, fields?: Record<string, unknown>): void
}

/**
 * The service manager (sd_notify(3)). Does nothing where there is none ($NOTIFY_SOCKET not set); never throws: a service
 * that cannot say how it is must still do its work.
 */
export interface Notifier {
  /** how often the manager wants a sign of life, ms; undefined when it does not watch this process (WATCHDOG_PID) */
  readonly watchdogMs: number | undefined
  /** READY=1 with STATUS= */
  ready(status: string): void
  /** STATUS=, one line */
  status(line: string): void
  /** RELOADING=1 with MONOTONIC_USEC=; `ready` ends it */
  reloading(): void
  stopping(status: string): void
  /** WATCHDOG=1 */
  alive(): void
}

/** The ports that settings, knobs and boot loaders are given. */
export interface Ports {
  root: Root
  runner: Runner
  tasks: Tasks
  log: Log
  clock: Clock
}
