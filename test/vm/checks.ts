/** What a tuned machine must be, asked of the machine itself. Each check answers what is wrong; nothing is good. */
import type { Vm } from './driver/vm.ts'
import { irqAffinities, type Thread, threads } from './machine-state.ts'

/** `path: found VALUE` for each file that has not the value; the bracketed word counts where there is one. */
export async function wrongValues(vm: Vm, wanted: Readonly<Record<string, string>>): Promise<string[]> {
  const paths = Object.keys(wanted)
  const text = await vm.shell(paths.map((path) => `tr '\\n' ' ' <'${path}'; echo`).join('\n'))
  const values = text.split('\n').map((line) => /\[([^\]]*)\]/.exec(line)?.[1] ?? line.trim())
  return paths.flatMap((path, i) => (values[i] === wanted[path] ? [] : [`${path}: found ${values[i]}`]))
}

/** Movable interrupts that may still come to CPUs other than these. */
export async function strayIrqs(
  vm: Vm,
  cpus: readonly number[],
  unmovable: readonly string[],
): Promise<string[]> {
  return (await irqAffinities(vm)).filter((line) => {
    const [irq = '', list = ''] = line.split(' ')
    return !unmovable.includes(irq) && !within(list, cpus)
  })
}

/** Threads of user space that may run on CPUs other than these. */
export async function strayThreads(vm: Vm, cpus: readonly number[]): Promise<string[]> {
  const stray = (await threads(vm)).filter((thread) => !thread.kernel && !within(thread.cpus, cpus))
  return stray.map(({ tid, comm, cpus: list }) => `${tid} ${comm}: ${list}`)
}

/** The policies and priorities of kernel threads by the name before the slash: `{ ksoftirqd: ['FF 2'] }`. */
export function kernelThreadPolicies(
  all: readonly Thread[],
  names: readonly string[],
): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const name of names) {
    const mine = all.filter(({ comm, kernel }) => kernel && comm.startsWith(`${name}/`))
    found[name] = [...new Set(mine.map(({ policy, priority }) => `${policy} ${priority}`))]
  }
  return found
}

/** GRUB's `linux` lines, recovery entries apart from the others. */
export async function bootEntries(vm: Vm): Promise<{ normal: string[]; recovery: string[] }> {
  const text = await vm.output(['cat', '/boot/grub/grub.cfg'])
  const lines = text.split('\n').filter((line) => /^\s*linux\s/.test(line))
  return {
    normal: lines.filter((line) => !/ single( |$)/.test(line)).map((line) => line.trim()),
    recovery: lines.filter((line) => / single( |$)/.test(line)).map((line) => line.trim()),
  }
}

/** What the shell that GRUB's scripts are makes of the settings: the parameters of normal entries. */
export async function sourcedParameters(vm: Vm): Promise<string> {
  const text = await vm.shell(
    '. /etc/default/grub; for file in /etc/default/grub.d/*.cfg; do [ -e "$file" ] && . "$file"; done; echo "$GRUB_CMDLINE_LINUX_DEFAULT"',
  )
  return text.trim()
}

/** True when every CPU of a cpulist is one of these. */
function within(list: string, cpus: readonly number[]): boolean {
  return list.split(',').every((part) => {
    const [first = '', last = first] = part.split('-')
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i).every(
      (cpu) => cpus.includes(cpu),
    )
  })
}
