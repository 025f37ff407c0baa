import { coresOf } from '../core/cpu/topology.ts'
import type { Facts } from '../core/facts.ts'

/** lscpu's names for `CPU implementer` of Arm's cpuinfo (util-linux sys-utils/lscpu-arm.c). */
const ARM_VENDORS: Readonly<Record<string, string>> = {
  '0x41': 'ARM',
  '0x43': 'Cavium',
  '0x46': 'FUJITSU',
  '0x48': 'HiSilicon',
  '0x4e': 'NVIDIA',
  '0x51': 'Qualcomm',
  '0x61': 'Apple',
  '0xc0': 'Ampere',
}

const HYPERVISORS: Readonly<Record<string, string>> = {
  kvm: 'KVM',
  vmware: 'VMware',
  microsoft: 'Microsoft',
  hyperv: 'Microsoft',
  xen: 'Xen',
}

/** What lscpu prints, as far as profiles ask for it: its names and their order, one line each. */
export function lscpuText(facts: Facts): string {
  const { cpu, nodes, kernel, virtualization } = facts
  const cores = coresOf(cpu)
  const packages = new Set(cpu.places.map((place) => place.package)).size || 1
  const lines: [name: string, value: string | undefined][] = [
    ['Architecture', kernel.machine],
    ['CPU(s)', `${cpu.present.size}`],
    ['On-line CPU(s) list', cpu.online.toString()],
    ['Vendor ID', cpu.vendor || ARM_VENDORS[field(facts, 'CPU implementer') ?? '']],
    ['Model name', cpu.model || undefined],
    ['CPU family', field(facts, 'cpu family')],
    ['Model', field(facts, 'model')],
    ['Thread(s) per core', `${Math.max(1, ...cores.map(({ cpus }) => cpus.size))}`],
    ['Core(s) per socket', `${Math.max(1, Math.floor(cores.length / packages))}`],
    ['Socket(s)', `${packages}`],
    ['Stepping', field(facts, 'stepping')],
    ['Flags', [...cpu.flags].join(' ') || undefined],
    ['Virtualization', cpu.flags.has('vmx') ? 'VT-x' : cpu.flags.has('svm') ? 'AMD-V' : undefined],
    ['Hypervisor vendor', HYPERVISORS[virtualization]],
    ['Virtualization type', virtualization === 'none' ? undefined : 'full'],
    ['NUMA node(s)', `${nodes.length || 1}`],
    ...nodes.map(({ node, cpus }): [string, string] => [`NUMA node${node} CPU(s)`, `${cpus}`]),
  ]
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${`${name}:`.padEnd(40)} ${value}\n`)
    .join('')
}

/** The first line of /proc/cpuinfo with that name. */
function field({ cpuinfo }: Facts, name: string): string | undefined {
  return new RegExp(`^${name}[ \\t]*:[ \\t]*(.+)$`, 'm').exec(cpuinfo)?.[1]
}
