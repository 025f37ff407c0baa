import { isHostCached } from '../devices.ts'
import { type Answer, faults, type Rule, type Subject } from '../rule.ts'

/** F8: nothing is under way that stops the guest. */
export const jobs: Rule = {
  id: 'F8',
  severity: 'fail',
  title: 'no live migration, snapshot or block job runs during acceptance',
  why: 'Each of them tracks dirty pages or stops the vCPUs; what is measured then is the job.',
  fix: 'Wait for it, or end it: virsh domjobabort NAME, virsh blockjob NAME DISK --abort; in nova let no migration, snapshot or backup run.',
  ask({ domain, evidence }: Subject): Answer {
    const written = domain.disks.flatMap(({ target, job }) =>
      job === null ? [] : [`block ${job} on ${target}`],
    )
    const running = [...new Set([...(evidence.jobs ?? []), ...written])]
    const open =
      evidence.jobs || evidence.running === false
        ? undefined
        : 'what libvirt does with the domain now is not known'
    return { faults: running.map((job) => ({ message: `under way: ${job}` })), open }
  },
}

/** T1: disk I/O through the host's page cache. */
export const hostCache: Rule = {
  id: 'T1',
  severity: 'warn',
  title: "disks bypass the host's page cache",
  why: "Disk I/O is the first thing to avoid: through the host's page cache it brings write-back and its kernel threads to every CPU of the node.",
  fix: "<driver … cache='none' io='native'/>; in nova [libvirt] disk_cachemodes = file=none,block=none.",
  ask({ domain }: Subject): Answer {
    const cached = domain.disks.filter(isHostCached)
    return faults(
      cached.length > 0 &&
        `through the host's page cache: ${cached.map(({ target, cache }) => `${target} (cache ${cache})`).join(', ')}`,
    )
  },
}

/** T2: swapped pages of the running guest. */
export const swapped: Rule = {
  id: 'T2',
  severity: 'warn',
  title: 'no page of the running guest is in swap',
  why: 'A page in swap is a major fault to come, of milliseconds.',
  fix: 'Lock the memory (<memoryBacking><locked/>), take swap from the host, and start the guest again.',
  ask({ evidence }: Subject): Answer {
    const kib = evidence.live?.swappedKib
    if (kib === undefined) return { faults: [], open: "the domain's process is not known" }
    return faults(kib > 0 && `${kib} KiB of the domain's process are in swap`)
  },
}

/** T3: memory that was plugged in. */
export const memoryDevices: Rule = {
  id: 'T3',
  severity: 'warn',
  title: 'no memory device was plugged in',
  why: 'Memory hot-plug stops the guest while its kernel takes the memory in, and such memory may lie on another node.',
  fix: 'Remove <memory model=…> from the devices, and give the guest all of its memory at boot.',
  ask: ({ domain }: Subject): Answer =>
    faults(domain.memoryDevices > 0 && `${domain.memoryDevices} memory device(s) are plugged in`),
}
