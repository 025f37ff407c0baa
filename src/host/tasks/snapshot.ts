import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { Task } from '../ports.ts'
import type { ProcReader } from './proc-reader.ts'

/**
 * How long one reading of all threads serves. A plan holds about ten settings that each look at every thread;
 * reading 20,000 threads for each of them would take seconds. Any change made through this port ends it at once.
 */
const LASTS_MS = 2_000

/** All threads of the machine, read once for a moment. */
export class Snapshot {
  readonly #reader: ProcReader
  readonly #commandLines = new Map<number, string>()
  #tasks: Task[] = []
  #byTid = new Map<number, Task>()
  #readAtMs = Number.NEGATIVE_INFINITY

  constructor(reader: ProcReader) {
    this.#reader = reader
  }

  all(): Task[] {
    if (performance.now() - this.#readAtMs > LASTS_MS) this.#readAgain()
    return this.#tasks
  }

  /** Never from memory: whoever asks for one thread wants to know how it is now. */
  find(tid: number): Task | undefined {
    const pid = this.#processOf(tid)
    return pid === undefined ? undefined : this.#reader.one(pid, tid)
  }

  affinity(tid: number): CpuSet | undefined {
    const pid = this.#processOf(tid)
    return pid === undefined ? undefined : this.#reader.affinity(pid, tid)
  }

  commandLine(pid: number): string {
    const known = this.#commandLines.get(pid)
    if (known !== undefined) return known
    const line = this.#reader.commandLine(pid)
    this.#commandLines.set(pid, line)
    return line
  }

  forget(): void {
    this.#readAtMs = Number.NEGATIVE_INFINITY
  }

  #readAgain(): void {
    this.#commandLines.clear()
    this.#tasks = this.#reader.all()
    this.#byTid = new Map(this.#tasks.map((task) => [task.tid, task]))
    this.#readAtMs = performance.now()
  }

  #processOf(tid: number): number | undefined {
    const known = this.#byTid.get(tid)
    // A number is given again only after the other numbers: within a snapshot's life it stays with its process.
    if (known && performance.now() - this.#readAtMs <= LASTS_MS) return known.pid
    return this.#reader.processOf(tid) ?? this.#fresh(tid)?.pid
  }

  /** A made machine has no hidden /proc/TID for a thread that is no process: look through all. */
  #fresh(tid: number): Task | undefined {
    this.#readAgain()
    return this.#byTid.get(tid)
  }
}
