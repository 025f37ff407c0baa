import * as fs from 'node:fs'
import { CpuSet } from '../../core/cpu/cpu-set.ts'
import { MachineError } from '../../core/errors.ts'
import { codeOf } from '../io-error.ts'
import type { Task } from '../ports.ts'
import { parseStat, type Stat } from './parse-stat.ts'

/** /proc/PID/stat and status are below 4 kB; a command line may be longer and is then cut. */
const BUFFER = Buffer.allocUnsafe(64 * 1024)
const CPUS_FIELD = '\nCpus_allowed_list:'
/** What a task that ended answers: no folder, or no process behind an open file. */
const ENDED = new Set(['ENOENT', 'ENOTDIR', 'ESRCH'])

/**
 * Reads threads from a /proc folder, of this machine or of a made one. Synchronous and with one buffer: 20,000
 * threads are 60,000 system calls, and a thread pool costs more than each of them takes.
 */
export class ProcReader {
  readonly #proc: string
  readonly #lists = new Map<string, CpuSet>()

  /** @param proc path of the proc folder as this process sees it */
  constructor(proc: string) {
    this.#proc = proc
  }

  /** Every living thread, by process and thread number. */
  all(): Task[] {
    const tasks: Task[] = []
    for (const pid of numbers(this.#proc)) {
      const leader = this.#stat(`${this.#proc}/${pid}/stat`, pid)
      if (!leader) continue
      if (leader.threads <= 1) {
        if (!leader.ended) tasks.push(leader.task)
        continue
      }
      for (const tid of numbers(`${this.#proc}/${pid}/task`)) {
        const stat = tid === pid ? leader : this.#stat(`${this.#proc}/${pid}/task/${tid}/stat`, pid)
        if (stat && !stat.ended) tasks.push(stat.task)
      }
    }
    return tasks
  }

  /** One thread of a known process; undefined when it has ended. */
  one(pid: number, tid: number): Task | undefined {
    const stat = this.#stat(`${this.#folder(pid, tid)}/stat`, pid)
    return stat && !stat.ended ? stat.task : undefined
  }

  /** Process of a thread: the kernel shows every thread under /proc/TID too, though it does not list it. */
  processOf(tid: number): number | undefined {
    const status = this.#read(`${this.#proc}/${tid}/status`)
    const match = status === undefined ? null : /^Tgid:\s*(\d+)$/m.exec(status)
    return match ? Number(match[1]) : undefined
  }

  affinity(pid: number, tid: number): CpuSet | undefined {
    const length = this.#readBytes(`${this.#folder(pid, tid)}/status`)
    const start = length === undefined ? -1 : BUFFER.indexOf(CPUS_FIELD)
    if (length === undefined || start < 0 || start >= length) return undefined
    const from = start + CPUS_FIELD.length
    return this.#cpusOf(BUFFER.toString('latin1', from, BUFFER.indexOf('\n', from)).trim())
  }

  /** Thousands of threads have the same few lists: each is parsed once, and equal ones are the same object. */
  #cpusOf(list: string): CpuSet {
    const known = this.#lists.get(list)
    if (known) return known
    const cpus = CpuSet.parse(list)
    this.#lists.set(list, cpus)
    return cpus
  }

  /** Arguments joined by blanks; empty for kernel threads and ended ones. */
  commandLine(pid: number): string {
    const text = this.#read(`${this.#proc}/${pid}/cmdline`, 'utf8') ?? ''
    return text.replace(/\0+$/, '').replaceAll('\0', ' ')
  }

  #folder(pid: number, tid: number): string {
    return pid === tid ? `${this.#proc}/${pid}` : `${this.#proc}/${pid}/task/${tid}`
  }

  #stat(path: string, pid: number): Stat | undefined {
    const text = this.#read(path)
    return text === undefined ? undefined : parseStat(text, pid)
  }

  #read(path: string, encoding: BufferEncoding = 'latin1'): string | undefined {
    const length = this.#readBytes(path)
    return length === undefined ? undefined : BUFFER.toString(encoding, 0, length)
  }

  /** Fills BUFFER from its start; undefined when the task has ended. */
  #readBytes(path: string): number | undefined {
    let fd: number | undefined
    try {
      fd = fs.openSync(path, 'r')
      return fs.readSync(fd, BUFFER, 0, BUFFER.length, null)
    } catch (error) {
      if (ENDED.has(codeOf(error) ?? '')) return undefined
      throw unreadable(path, error)
    } finally {
      if (fd !== undefined) fs.closeSync(fd)
    }
  }
}

function numbers(path: string): number[] {
  try {
    const found: number[] = []
    for (const name of fs.readdirSync(path)) if (/^\d+$/.test(name)) found.push(Number(name))
    return found.sort((a, b) => a - b)
  } catch (error) {
    if (ENDED.has(codeOf(error) ?? '')) return []
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): MachineError {
  return new MachineError({
    code: 'proc-unreadable',
    message: `could not read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    place: { file: path },
    next: 'Run it as root.',
    cause,
  })
}
