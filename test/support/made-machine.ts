import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import { type MadeTask, taskFiles } from './made-tasks.ts'

/** A machine to lay out under a directory. Only `cpus` is needed; the rest has the defaults of a small server. */
export interface MachineSpec {
  /** CPUs that are present, numbered as Linux does on x86: the first threads of all cores, then the second threads */
  cpus: number
  /** NUMA nodes; default 1 */
  nodes?: number
  /** sockets; default: one a node */
  packages?: number
  threadsPerCore?: number
  /** cpulist of present CPUs that are offline: no topology folder, not in /proc/cpuinfo, as the kernel does */
  offline?: string
  /** cpulist; default 0 to cpus-1 */
  possible?: string
  /** as the running kernel has it: cpulist of `isolcpus=` and of `nohz_full=` */
  isolated?: string
  /** undefined: this kernel has no nohz_full file */
  nohzFull?: string
  vendor?: string
  model?: string
  flags?: string
  kernelRelease?: string
  /** PREEMPT_RT: `/sys/kernel/realtime` and the version line */
  realtime?: boolean
  /** running kernel command line */
  cmdline?: string
  bootId?: string
  hostname?: string
  os?: { id: string; version: string }
  /** page sizes in kB that each node offers; default 2048 and 1048576 */
  hugepageSizesKb?: readonly number[]
  /** threads of /proc */
  tasks?: readonly MadeTask[]
  /** more files by machine path, written last */
  files?: Readonly<Record<string, string>>
}

/** One online CPU's place, as `makeMachine` laid it out. */
interface Place {
  cpu: number
  package: number
  node: number
  /** unique in the package, as /sys's core_id */
  core: number
  siblings: CpuSet
}

/** Lays a machine's proc, sys and etc out under `dir` (made when it is not there) and returns `dir`. */
export function makeMachine(dir: string, spec: MachineSpec): string {
  const machine = placesOf(spec)
  const files = { ...procFiles(spec, machine), ...cpuFiles(spec, machine), ...nodeFiles(spec, machine) }
  const threads = taskFiles(spec.tasks ?? [], machine.present)
  const kernelFiles = spec.realtime ? { '/sys/kernel/realtime': '1\n' } : {}
  const os = spec.os ?? { id: 'debian', version: '12' }
  const osRelease = { '/etc/os-release': `ID=${os.id}\nVERSION_ID="${os.version}"\n` }
  for (const [path, content] of Object.entries({
    ...files,
    ...kernelFiles,
    ...osRelease,
    ...threads,
    ...spec.files,
  })) {
    const outside = join(dir, path)
    mkdirSync(dirname(outside), { recursive: true })
    writeFileSync(outside, content)
  }
  return dir
}

interface Layout {
  present: CpuSet
  online: CpuSet
  places: Place[]
}

function placesOf(spec: MachineSpec): Layout {
  const threads = spec.threadsPerCore ?? 1
  const nodes = spec.nodes ?? 1
  const packages = spec.packages ?? nodes
  const cores = spec.cpus / threads
  if (!Number.isInteger(cores)) throw new Error(`${spec.cpus} CPUs do not make whole cores of ${threads}`)
  const present = CpuSet.range(0, spec.cpus - 1)
  const online = present.minus(CpuSet.parse(spec.offline ?? ''))
  const places = online.cpus.map((cpu): Place => {
    const core = cpu % cores
    const all = CpuSet.of(Array.from({ length: threads }, (_, thread) => core + thread * cores))
    const inPackage = Math.floor((core * packages) / cores)
    const firstCore = Math.ceil((inPackage * cores) / packages)
    return {
      cpu,
      package: inPackage,
      node: Math.floor((core * nodes) / cores),
      core: core - firstCore,
      siblings: all.intersect(online),
    }
  })
  return { present, online, places }
}

function procFiles(spec: MachineSpec, { online, places }: Layout): Record<string, string> {
  const release = spec.kernelRelease ?? '6.1.0-21-amd64'
  const preempt = spec.realtime ? 'PREEMPT_RT' : 'PREEMPT_DYNAMIC'
  return {
    '/proc/cpuinfo': places.map((place) => cpuinfoBlock(spec, place, places)).join(''),
    '/proc/cmdline': `${spec.cmdline ?? `BOOT_IMAGE=/boot/vmlinuz-${release} root=/dev/sda1 ro quiet`}\n`,
    '/proc/version': `Linux version ${release} (builder@made) (gcc 12.2.0) #1 SMP ${preempt} Debian 6.1\n`,
    '/proc/stat': `cpu  0 0 0 0 0 0 0 0 0 0\n${online.cpus.map((cpu) => `cpu${cpu} 0 0 0 0 0 0 0 0 0 0\n`).join('')}`,
    '/proc/sys/kernel/osrelease': `${release}\n`,
    '/proc/sys/kernel/hostname': `${spec.hostname ?? 'made'}\n`,
    '/proc/sys/kernel/random/boot_id': `${spec.bootId ?? '5f6d7d4e-0000-4000-8000-000000000001'}\n`,
  }
}

/** x86 layout of one processor, a tab after each name as the kernel prints it (arch/x86/kernel/cpu/proc.c). */
function cpuinfoBlock(spec: MachineSpec, place: Place, places: readonly Place[]): string {
  const mates = places.filter((other) => other.package === place.package)
  const vendor = spec.vendor ?? 'GenuineIntel'
  const model = spec.model ?? 'Intel(R) Xeon(R) Gold 6338N CPU @ 2.20GHz'
  const flags =
    spec.flags ?? 'fpu vme tsc msr cx8 apic sse sse2 ht constant_tsc nonstop_tsc vmx tsc_deadline_timer'
  return [
    `processor\t: ${place.cpu}`,
    `vendor_id\t: ${vendor}`,
    'cpu family\t: 6',
    'model\t\t: 106',
    `model name\t: ${model}`,
    'stepping\t: 6',
    'microcode\t: 0xd0003b9',
    `physical id\t: ${place.package}`,
    `siblings\t: ${mates.length}`,
    `core id\t\t: ${place.core}`,
    `cpu cores\t: ${new Set(mates.map((mate) => mate.core)).size}`,
    `flags\t\t: ${flags}`,
    '\n',
  ].join('\n')
}

function cpuFiles(spec: MachineSpec, { present, online, places }: Layout): Record<string, string> {
  const base = '/sys/devices/system/cpu'
  const files: Record<string, string> = {
    [`${base}/possible`]: `${spec.possible ?? present}\n`,
    [`${base}/present`]: `${present}\n`,
    [`${base}/online`]: `${online}\n`,
    [`${base}/offline`]: `${present.minus(online)}\n`,
    [`${base}/isolated`]: `${spec.isolated ?? ''}\n`,
  }
  if (spec.nohzFull !== undefined) files[`${base}/nohz_full`] = `${spec.nohzFull}\n`
  for (const cpu of present.cpus) {
    files[`${base}/cpu${cpu}/uevent`] = `DRIVER=processor\n`
    if (cpu !== 0) files[`${base}/cpu${cpu}/online`] = online.has(cpu) ? '1\n' : '0\n'
  }
  for (const place of places) {
    const topology = `${base}/cpu${place.cpu}/topology`
    const mates = CpuSet.of(places.filter((other) => other.package === place.package).map((p) => p.cpu))
    files[`${topology}/physical_package_id`] = `${place.package}\n`
    files[`${topology}/core_id`] = `${place.core}\n`
    files[`${topology}/die_id`] = '0\n'
    files[`${topology}/thread_siblings_list`] = `${place.siblings}\n`
    files[`${topology}/core_cpus_list`] = `${place.siblings}\n`
    files[`${topology}/core_siblings_list`] = `${mates}\n`
    files[`${topology}/package_cpus_list`] = `${mates}\n`
  }
  return files
}

function nodeFiles(spec: MachineSpec, { places }: Layout): Record<string, string> {
  const base = '/sys/devices/system/node'
  const nodes = spec.nodes ?? 1
  const all = `${CpuSet.range(0, nodes - 1)}\n`
  const files: Record<string, string> = { [`${base}/online`]: all, [`${base}/possible`]: all }
  for (let node = 0; node < nodes; node++) {
    const cpus = CpuSet.of(places.filter((place) => place.node === node).map((place) => place.cpu))
    files[`${base}/node${node}/cpulist`] = `${cpus}\n`
    files[`${base}/node${node}/cpumap`] = `${cpus.toMask()}\n`
    for (const sizeKb of spec.hugepageSizesKb ?? [2048, 1048576]) {
      const pool = `${base}/node${node}/hugepages/hugepages-${sizeKb}kB`
      for (const name of ['nr_hugepages', 'free_hugepages', 'surplus_hugepages'])
        files[`${pool}/${name}`] = '0\n'
    }
  }
  return files
}
