import type { HelperThread, LiveGuest, VcpuThread } from '../../core/domain/evidence.ts'
import type { Root, Task, Tasks } from '../ports.ts'

/** QEMU names its vCPU threads so (libvirt starts it with debug-threads=on). */
const VCPU_THREAD = /^CPU (\d+)\/(?:KVM|TCG)$/
/** libvirt names its iothreads so; QEMU's own `IO mon_iothread` is the emulator's. */
const IOTHREAD = /^IO iothread(\d+)$/
/** The kernel's thread in QEMU's process, which takes a vCPU's CPUs whatever the pins say: W11 is about it. */
const HUGE_PAGE_RECOVERY = /^kvm-nx-lpage/

/** The QEMU processes of this machine, found by their vCPU threads and the UUID on their command line. */
export class LiveGuests {
  readonly #root: Root
  readonly #tasks: Tasks
  readonly #byPid: { pid: number; line: string; threads: Task[] }[]

  constructor(root: Root, tasks: Tasks) {
    this.#root = root
    this.#tasks = tasks
    const threads = new Map<number, Task[]>()
    for (const task of tasks.all()) {
      if (task.kernel) continue
      const own = threads.get(task.pid)
      if (own) own.push(task)
      else threads.set(task.pid, [task])
    }
    this.#byPid = [...threads]
      .filter(([, own]) => own.some(({ comm }) => VCPU_THREAD.test(comm)))
      .map(([pid, own]) => ({ pid, line: tasks.commandLine(pid), threads: own }))
  }

  /** The processes of all guests. */
  get pids(): readonly number[] {
    return this.#byPid.map(({ pid }) => pid)
  }

  /** The guest's process as it is now; undefined when it is not found. */
  find(uuid: string): LiveGuest | undefined {
    const found = this.#byPid.find(({ line }) => line.includes(`-uuid ${uuid}`))
    if (!found) return undefined
    const vcpus = found.threads.filter(({ comm }) => VCPU_THREAD.test(comm))
    const own = found.threads.filter(({ comm }) => !VCPU_THREAD.test(comm) && !HUGE_PAGE_RECOVERY.test(comm))
    return {
      threads: vcpus.map((task) => this.#vcpu(task)),
      helpers: own.map((task) => this.#helper(task)),
      swappedKib: this.#swappedKib(found.pid),
      rtRuntimeUs: this.#rtRuntimeUs(found.pid, vcpus),
    }
  }

  #vcpu({ tid, comm, policy, priority }: Task): VcpuThread {
    const vcpu = Number(VCPU_THREAD.exec(comm)![1])
    return { vcpu, tid, policy, priority, affinity: this.#tasks.affinity(tid) }
  }

  #helper({ tid, comm }: Task): HelperThread {
    const iothread = IOTHREAD.exec(comm)?.[1]
    return {
      tid,
      iothread: iothread === undefined ? null : Number(iothread),
      affinity: this.#tasks.affinity(tid),
    }
  }

  #swappedKib(pid: number): number | undefined {
    const text = /^VmSwap:\s*(\d+) kB$/m.exec(this.#root.readTextIfThere(`/proc/${pid}/status`) ?? '')?.[1]
    return text === undefined ? undefined : Number(text)
  }

  /** The least of its vCPU threads' cgroups; null where no cgroup has the file (cgroup v2, no RT_GROUP_SCHED). */
  #rtRuntimeUs(pid: number, threads: readonly Task[]): number | null | undefined {
    let least: number | null | undefined
    for (const { tid } of threads) {
      const text = this.#root.readTextIfThere(`/proc/${pid}/task/${tid}/cgroup`)
      if (text === undefined) continue
      const found = this.#runtimeOf(text)
      if (least === undefined || least === null || (found !== null && found < least))
        least = found ?? least ?? null
    }
    return least
  }

  #runtimeOf(cgroups: string): number | null {
    for (const line of cgroups.split('\n')) {
      const match = /^\d+:([^:]+):(\/.*)$/.exec(line)
      if (!match || !match[1]!.split(',').includes('cpu')) continue
      for (const mount of [match[1], 'cpu']) {
        const text = this.#root.readTextIfThere(`/sys/fs/cgroup/${mount}${match[2]}/cpu.rt_runtime_us`)
        if (text !== undefined) return Number(text)
      }
    }
    return null
  }
}
