import type { Vm } from './driver/vm.ts'

/** What the system itself writes while it runs: logs, seeds, the boot loader's notes, dpkg's copy of its last state. */
const OF_THE_SYSTEM = [
  ...[
    'var/log',
    'tmp',
    'var/tmp',
    'boot/grub/grubenv',
    'var/lib/systemd/random-seed',
    'var/lib/systemd/timers',
  ],
  ...['var/lib/dpkg/status-old', 'var/lib/dpkg/lock', 'var/cache/ldconfig/aux-cache'],
]

/**
 * Every file on the machine's disk: kind, mode, owner, link target; the content of all but /usr by its hash. Those of
 * /usr, a gigabyte, by inode and time of last change, which the kernel keeps: equal means that nobody has written it.
 */
export async function wholeMachine(vm: Vm, but: readonly string[] = []): Promise<string[]> {
  const none = (paths: readonly string[]) => paths.map((path) => `-path ./${path}`).join(' -o ')
  const left = [...OF_THE_SYSTEM, ...but]
  const text = await vm.shell(
    `cd /
    find . -xdev \\( ${none(left)} \\) -prune -o -printf '%P %y %m %U:%G %l\\n'
    find . -xdev \\( ${none([...left, 'usr'])} \\) -prune -o -type f -exec sha256sum -- {} +
    find usr -xdev -type f -printf '%p inode %i changed %C@\\n'`,
    { timeoutMs: 600_000 },
  )
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}
