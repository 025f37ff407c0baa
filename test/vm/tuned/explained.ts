import type { Explanation } from './compare.ts'

/** Every difference between the two tuned machines and why it is right; docs/tuned.md has them as a table. */
export const EXPLAINED: readonly Explanation[] = [
  {
    names: 'cmdline',
    what: '`irqaffinity=` of the kernel',
    tuned: '`0,1`',
    quietcore: '`0-1`',
    why: 'The same CPUs. quietcore writes CPU lists short: on a host of many CPUs the command line has a limit of 2,048 bytes. All other parameters are equal, also in their order.',
  },
  {
    names: 'file /boot/grub/grub.cfg',
    what: '/boot/grub/grub.cfg',
    tuned: 'edited in place: `$tuned_params` at every `linux` line, those of recovery mode too',
    quietcore: 'made by `update-grub`; recovery entries stay as they were',
    why: 'Recovery mode must boot when the parameters are what is wrong.',
  },
  {
    names: 'file /etc/default/grub',
    what: '/etc/default/grub',
    tuned: 'two lines are appended, which stay when TuneD is off',
    quietcore: 'not touched',
    why: "It is the administrator's file.",
  },
  {
    names: 'file /etc/default/grub.d/90-quietcore.cfg',
    what: '/etc/default/grub.d/90-quietcore.cfg',
    tuned: 'none',
    quietcore: 'the parameters',
    why: "GRUB's place for them on Debian; `off` removes it.",
  },
  {
    names: /^file \/etc\/tuned\/(active_profile|bootcmdline|profile_mode)$/,
    what: '/etc/tuned/active_profile, bootcmdline, profile_mode',
    tuned: 'what is applied',
    quietcore: 'not touched',
    why: "TuneD's memory; quietcore's is its journal in /var/lib/quietcore.",
  },
  {
    names: /^(file \/etc\/systemd\/system\/multi-user.target.wants\/tuned.service|other unit-tuned)$/,
    what: 'tuned.service',
    tuned: 'enabled, runs',
    quietcore: 'off',
    why: 'One tuner only.',
  },
  {
    names:
      /^file \/etc\/(default\/irqbalance|systemd\/system\/irqbalance\.service\.d(\/90-quietcore\.conf)?)$/,
    what: 'how irqbalance is told',
    tuned: 'a line in /etc/default/irqbalance; one of the administrator is lost, also after `off`',
    quietcore: 'a drop-in of irqbalance.service; the file is not touched',
    why: 'The same CPUs are banned.',
  },
  {
    names: 'other irqbalance-told',
    what: 'what irqbalance is told',
    tuned: '`IRQBALANCE_BANNED_CPUS=0000000c`',
    quietcore: 'the same and `IRQBALANCE_BANNED_CPULIST=2-3`',
    why: 'irqbalance 1.8 and later want the list; the mask is for those before.',
  },
  {
    names: 'other cpu-dma-latency-us',
    what: 'bound on the latency of C-states (/dev/cpu_dma_latency)',
    tuned: '3 µs',
    quietcore: 'none',
    why: 'The kernel of this machine has no C-states, so the bound has no effect; quietcore says `unsupported` and holds no file open. On a host with C-states quietcore.service holds it.',
  },
]
