import type { Command } from 'commander'

/** A command of the program. Its file is loaded only when it is called: start-up time is a promise. */
export interface CommandEntry {
  name: string
  summary: string
  load: () => Promise<() => Command>
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'list',
    summary: 'list the profiles that can be used',
    load: async () => (await import('./commands/list.ts')).list,
  },
  {
    name: 'show',
    summary: 'show a profile, merged and expanded for this machine',
    load: async () => (await import('./commands/show.ts')).show,
  },
  {
    name: 'recommend',
    summary: 'say which profile fits this machine, and why',
    load: async () => (await import('./commands/recommend.ts')).recommend,
  },
  {
    name: 'plan',
    summary: 'show what a profile would change, now and after a reboot; writes nothing',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'apply',
    summary: 'tune the machine as a profile wants it',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'verify',
    summary: 'compare the effective state of each setting with what is wanted',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    name: 'off',
    summary: 'put everything back as it was before quietcore',
    load: async () => (await import('./commands/off.ts')).off,
  },
  {
    name: 'recover',
    summary: 'settle a machine that a crash left half-way',
    load: async () => (await import('./commands/recover.ts')).recover,
  },
  {
    name: 'status',
    summary: 'show the profile in force, what waits for a reboot, and the last verdicts',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'validate',
    summary: 'measure the latency of this machine, judge it and keep the proof',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'report',
    summary: "read a kept run or any latency tool's output, judge it and report",
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    name: 'history',
    summary: 'list the kept runs, and say what moved against a baseline',
    load: async () => (await import('./commands/history.ts')).history,
  },
  {
    name: 'domain',
    summary: 'audit libvirt domains for real time',
    load: async () => (await import('./commands/domain.ts')).domain,
  },
  {
    name: 'nova',
    summary: 'check, plan, apply and verify OpenStack flavors and nova.conf for real-time guests',
    load: async () => (await import('./commands/nova.ts')).nova,
  },
  {
    name: 'gate',
    summary: 'look at the whole chain from the host to its guests, and give one verdict',
    load: async () => (await import('./commands/gate.ts')).gate,
  },
  {
    name: 'daemon',
    summary: 'keep this machine tuned: the service that systemd runs',
    load: async () => (await import('./commands/daemon.ts')).daemon,
  },
]
