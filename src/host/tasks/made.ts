import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import type { Policy, Root, Tasks } from '../ports.ts'
import { POLICY_NUMBERS, STAT_FIELD } from './parse-stat.ts'
import { ProcReader } from './proc-reader.ts'
import { Snapshot } from './snapshot.ts'

/** The threads of a machine that lies in a directory: its /proc files are read and rewritten. */
export function openMadeTasks(root: Root): Tasks {
  const reader = new ProcReader(root.outside('/proc'))
  const snapshot = new Snapshot(reader)

  function rewrite(tid: number, name: 'stat' | 'status', edit: (text: string) => string): void {
    const pid = snapshot.find(tid)?.pid
    if (pid === undefined) return
    // What is read here is written last: as long as it is the old one, the whole is not done.
    const copies = [`/proc/${pid}/task/${tid}/${name}`, ...(pid === tid ? [`/proc/${pid}/${name}`] : [])]
    for (const path of copies) if (root.exists(path)) root.writeLive(path, edit(root.readText(path)))
  }

  return {
    all: () => snapshot.all(),
    find: (tid) => snapshot.find(tid),
    affinity: (tid) => snapshot.affinity(tid),
    commandLine: (pid) => snapshot.commandLine(pid),

    async setAffinity(changes) {
      const bound = changes.filter(({ tid }) => snapshot.find(tid)?.bound)
      for (const { tid, cpus } of changes) {
        if (!bound.some((one) => one.tid === tid)) rewrite(tid, 'status', (text) => withCpus(text, cpus))
      }
      snapshot.forget()
      return bound.map(({ tid }) => ({ tid, reason: 'the kernel refuses it: invalid argument' }))
    },

    async setPolicy(changes) {
      for (const { tid, policy, priority } of changes) {
        rewrite(tid, 'stat', (text) => withPolicy(text, policy, priority))
      }
      snapshot.forget()
      return []
    },
  }
}

function withCpus(status: string, cpus: CpuSet): string {
  return status
    .replace(/^(Cpus_allowed:[ \t]*).*$/m, (_, name: string) => name + maskAsWide(status, cpus))
    .replace(/^(Cpus_allowed_list:[ \t]*).*$/m, (_, name: string) => name + cpus.toString())
}

/** The kernel prints as many digits as the machine has possible CPUs: keep the number of them. */
function maskAsWide(status: string, cpus: CpuSet): string {
  const earlier = /^Cpus_allowed:[ \t]*(\S+)$/m.exec(status)?.[1] ?? ''
  const digits = cpus.toMask().replaceAll(',', '').replace(/^0+/, '')
  const padded = digits.padStart(earlier.replaceAll(',', '').length, '0')
  return padded.replace(/(?<=.)(?=(?:.{8})+$)/g, ',')
}

function withPolicy(stat: string, policy: Policy, priority: number): string {
  const close = stat.lastIndexOf(')')
  const fields = stat.slice(close + 2).split(' ')
  fields[STAT_FIELD.rtPriority] = `${priority}`
  fields[STAT_FIELD.policy] = `${POLICY_NUMBERS[policy]}`
  return `${stat.slice(0, close + 2)}${fields.join(' ')}`
}
