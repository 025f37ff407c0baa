import * as os from 'node:os'
import { CpuSet } from '../core/cpu/cpu-set.ts'
import type { CpuFacts, Facts, KernelFacts, NumaNode } from '../core/facts.ts'
import { collectCpuFacts, onlineCpus } from './facts-cpu.ts'
import type { Root } from './ports.ts'
import { readCpus } from './read-cpus.ts'
import { detectVirtualization } from './virtualization.ts'

/**
 * Collects what there is to know about the machine under `root`: each file is read once, no program is started.
 * Half a machine will do: what is missing is empty, a CPU without topology is a core of its own, one without a NUMA
 * node is on node 0 (each field: core/facts.ts).
 * @throws MachineError for a file that is there and cannot be read
 */
export function collectFacts(root: Root): Facts {
  const cpuinfo = root.readTextIfThere('/proc/cpuinfo') ?? ''
  const nodes = numaNodes(root, cpuinfo)
  const cpu = collectCpuFacts(root, cpuinfo, nodes)
  return {
    cpu,
    nodes,
    kernel: kernelFacts(root, cpuinfo, cpu),
    cmdline: line(root, '/proc/cmdline'),
    cpuinfo,
    virtualization: detectVirtualization(root, cpu.flags),
    os: osRelease(root),
    hostname: line(root, '/proc/sys/kernel/hostname') || line(root, '/etc/hostname'),
  }
}

function numaNodes(root: Root, cpuinfo: string): NumaNode[] {
  const folders = root.glob('/sys/devices/system/node/node[0-9]*')
  if (folders.length === 0) {
    const hugepageSizesKb = hugepageSizes(root, '/sys/kernel/mm/hugepages')
    return [{ node: 0, cpus: onlineCpus(root, cpuinfo), hugepageSizesKb }]
  }
  return folders.map((folder) => ({
    node: Number(/\d+$/.exec(folder)![0]),
    cpus: readCpus(root, `${folder}/cpulist`) ?? CpuSet.empty,
    hugepageSizesKb: hugepageSizes(root, `${folder}/hugepages`),
  }))
}

/** Names of the pools: `hugepages-2048kB` (Documentation/admin-guide/mm/hugetlbpage.rst). */
function hugepageSizes(root: Root, folder: string): number[] {
  const sizes = root.list(folder).map((name) => Number(/^hugepages-(\d+)kB$/.exec(name)?.[1]))
  return sizes.filter(Number.isInteger).sort((a, b) => a - b)
}

function kernelFacts(root: Root, cpuinfo: string, cpu: CpuFacts): KernelFacts {
  const version = line(root, '/proc/version')
  return {
    release: line(root, '/proc/sys/kernel/osrelease') || (/^Linux version (\S+)/.exec(version)?.[1] ?? ''),
    version,
    machine: root.live ? os.machine() : machineName(root, cpuinfo, cpu),
    realtime: line(root, '/sys/kernel/realtime') === '1' || /\bPREEMPT[_ ]RT\b/.test(version),
    bootId: line(root, '/proc/sys/kernel/random/boot_id'),
  }
}

/** `uname -m` of a machine that does not run here; the kernel writes it down since Linux 6.1. */
function machineName(root: Root, cpuinfo: string, cpu: CpuFacts): string {
  const arch = line(root, '/proc/sys/kernel/arch')
  if (arch !== '') return arch
  if (cpu.vendor !== '') return 'x86_64'
  return /^CPU implementer/m.test(cpuinfo) ? 'aarch64' : ''
}

/** os-release(5): /etc first, then /usr/lib; values may be quoted. */
function osRelease(root: Root): { id: string; version: string } {
  const text = root.readTextIfThere('/etc/os-release') ?? root.readTextIfThere('/usr/lib/os-release') ?? ''
  const value = (name: string): string => {
    const found = text.split('\n').find((one) => one.startsWith(`${name}=`))
    return (found ?? '')
      .slice(name.length + 1)
      .trim()
      .replace(/^(["'])(.*)\1$/, '$2')
  }
  return { id: value('ID'), version: value('VERSION_ID') }
}

function line(root: Root, path: string): string {
  return root.readTextIfThere(path)?.trim() ?? ''
}
