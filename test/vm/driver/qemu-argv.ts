/** The shape of a machine: four CPUs on two NUMA nodes, as two cores a node, or one core with two threads a node. */
export interface Shape {
  threadsPerCore: 1 | 2
  memoryMib: number
  /** it can run guests of its own (/dev/kvm, SVM with nested paging); its firmware then takes minutes */
  hasGuests: boolean
}

export const DEFAULT_SHAPE: Shape = { threadsPerCore: 1, memoryMib: 3072, hasGuests: false }

/**
 * Emulated CPUs have SVM, but kvm_amd of a PREEMPT_RT kernel wants constant_tsc. The kernel sets that flag by itself on a
 * VMware machine (arch/x86/kernel/cpu/vmware.c, vmware_set_capabilities), which it knows without the hypervisor bit by
 * the serial number and the backdoor port.
 */
const AS_VMWARE = ['-smbios', 'type=1,serial=VMware-42']

/** A kernel that QEMU loads itself, before a disk has a boot loader. */
export interface DirectKernel {
  kernel: string
  initrd: string
  append: string
}

export interface QemuOptions {
  shape: Shape
  disk: string
  diskFormat: 'raw' | 'qcow2'
  sshPort: number
  consoleFile: string
  qmpSocket: string
  direct?: DirectKernel
  /** name of a state kept by savevm to go on from */
  fromState?: string
}

/**
 * Software emulation, so that it runs where /dev/kvm is missing. `restrict=on`: the machine reaches nothing outside.
 * `cache=unsafe`: the guest's flushes stay in this machine's page cache, which a SIGKILL of QEMU does not lose.
 *
 * `thread=single`: all CPUs of the machine take turns on one thread. With two machines on two CPUs that is faster than a
 * thread for each: a boot takes 56 s instead of 85 s, because nothing waits for a lock. Nor can a CPU go on with code that
 * another one writes while it is translated: QEMU before 8.1 loses such a write ("accel/tcg: Always lock pages before
 * translation"), the kernel writes into its code whenever a tracer comes or goes, and a CPU at such an int3 was seen to
 * stall all others.
 *
 * `erms=off,fsrm=off`, `reboot=shutdown`: what writes to a page that has held code walks all that QEMU has translated
 * from it, at each byte of a `rep stosb`: 50 ms a byte were seen, and minutes of a boot. Without these flags the kernel
 * writes eight bytes at a time, and a reboot begins with a QEMU that has translated nothing.
 */
export function qemuArgv(options: QemuOptions): [string, ...string[]] {
  const { shape } = options
  const nodeMib = Math.floor(shape.memoryMib / 2)
  const cores = 2 / shape.threadsPerCore
  return [
    'qemu-system-x86_64',
    ...['-name', 'quietcore-vm', '-nodefaults', '-no-user-config', '-display', 'none', '-vga', 'std'],
    ...['-machine', shape.hasGuests ? 'q35,vmport=on' : 'q35', '-accel', 'tcg,thread=single'],
    ...['-action', 'reboot=shutdown', '-cpu', cpuModel(shape), ...(shape.hasGuests ? AS_VMWARE : [])],
    ...['-smp', `4,sockets=2,cores=${cores},threads=${shape.threadsPerCore}`, '-m', String(nodeMib * 2)],
    ...['-object', `memory-backend-ram,id=ram0,size=${nodeMib}M`],
    ...['-object', `memory-backend-ram,id=ram1,size=${nodeMib}M`],
    ...['-numa', 'node,nodeid=0,cpus=0-1,memdev=ram0', '-numa', 'node,nodeid=1,cpus=2-3,memdev=ram1'],
    ...[
      '-drive',
      `file=${escaped(options.disk)},format=${options.diskFormat},if=virtio,cache=unsafe,discard=unmap`,
    ],
    ...['-netdev', `user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:${options.sshPort}-:22`],
    ...['-device', 'virtio-net-pci,netdev=net0,romfile=', '-device', 'virtio-rng-pci'],
    ...[
      '-chardev',
      `file,id=console,path=${escaped(options.consoleFile)},append=on`,
      '-serial',
      'chardev:console',
    ],
    ...['-qmp', `unix:${escaped(options.qmpSocket)},server=on,wait=off`],
    ...directArgv(options.direct),
    ...(options.fromState === undefined ? [] : ['-loadvm', options.fromState]),
  ]
}

function cpuModel({ threadsPerCore, hasGuests }: Shape): string {
  return `max,erms=off,fsrm=off${threadsPerCore === 2 ? ',topoext=on' : ''}${hasGuests ? ',hypervisor=off' : ''}`
}

function directArgv(direct: DirectKernel | undefined): string[] {
  return direct ? ['-kernel', direct.kernel, '-initrd', direct.initrd, '-append', direct.append] : []
}

/** QEMU's option lists end a value at a comma; a doubled comma is one. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,')
}
