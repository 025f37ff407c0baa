import { type Answer, faults, type Rule, type Subject } from '../rule.ts'

/** F7: a real virtual machine. */
export const kvm: Rule = {
  id: 'F7',
  severity: 'fail',
  title: 'the domain is of type kvm',
  why: 'Emulated CPUs translate the guest instruction by instruction; no latency can be promised.',
  fix: "<domain type='kvm'>; in nova [libvirt] virt_type=kvm.",
  ask: ({ domain }: Subject): Answer =>
    faults(domain.type !== 'kvm' && `the domain type is '${domain.type || 'none'}', not kvm`),
}

/** W1: no virtual performance counters. */
export const pmu: Rule = {
  id: 'W1',
  severity: 'warn',
  title: 'the virtual PMU is off',
  why: "KVM saves and loads the PMU's registers on each entry and exit, and its interrupts hit the guest.",
  fix: "<features><pmu state='off'/></features>; in nova hw:pmu=false.",
  ask: ({ domain }: Subject): Answer =>
    faults(
      domain.pmu !== 'off' &&
        (domain.pmu === null ? 'the PMU is not switched off' : `the PMU is '${domain.pmu}'`),
    ),
}

/** W2: the host's own CPU, with its deadline timer. */
export const cpuModel: Rule = {
  id: 'W2',
  severity: 'warn',
  title: 'the CPU is host-passthrough and has the tsc-deadline timer',
  why: 'The tsc-deadline timer costs one exit to arm, and KVM can fire it early (lapic_timer_advance_ns); without it timers are later.',
  fix: "<cpu mode='host-passthrough'><feature policy='require' name='tsc-deadline'/></cpu>; in nova [libvirt] cpu_mode=host-passthrough.",
  ask({ domain, evidence }: Subject): Answer {
    const off = domain.tscDeadline === 'disable' || domain.tscDeadline === 'forbid'
    const flags = evidence.host?.cpu.flags
    const lacks =
      flags !== undefined &&
      flags.size > 0 &&
      evidence.host?.cpu.vendor === 'GenuineIntel' &&
      !flags.has('tsc_deadline_timer')
    return faults(
      domain.cpuMode !== 'host-passthrough' &&
        `the CPU mode is ${domain.cpuMode === null ? "QEMU's default" : `'${domain.cpuMode}'`}, not host-passthrough`,
      off && `the CPU feature tsc-deadline is '${domain.tscDeadline}'`,
      !off && lacks && 'the host CPU has no tsc-deadline timer',
    )
  },
}

/** W3: no balloon. */
export const memballoon: Rule = {
  id: 'W3',
  severity: 'warn',
  title: 'the memory balloon is off',
  why: "A balloon takes the guest's pages away and faults them in again; its statistics wake the guest and the emulator.",
  fix: "<memballoon model='none'/>; in nova [libvirt] mem_stats_period_seconds=0.",
  ask: ({ domain }: Subject): Answer =>
    faults(
      domain.memballoon !== 'none' &&
        (domain.memballoon === null
          ? 'no <memballoon> is written: libvirt adds a virtio balloon'
          : `the memory balloon is '${domain.memballoon}'`),
    ),
}
