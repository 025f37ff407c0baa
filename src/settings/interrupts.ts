import { MachineError } from '../core/errors.ts'
import type { Root } from '../host/ports.ts'

/** One interrupt of /proc/irq. */
export interface Interrupt {
  irq: number
  /** those that asked for it, split by commas; empty when nobody did */
  name: string
  /** why the kernel will not move it, where that can be known without trying */
  unmovable?: string
}

const SYSFS = '/sys/kernel/irq'
const DEBUGFS = '/sys/kernel/debug/irq/irqs'

/**
 * All interrupts that /proc/irq shows, ascending.
 * @param cmdline of the running kernel: it says what becomes of managed interrupts
 */
export function interruptsOf(root: Root, cmdline: string): Interrupt[] {
  const numbers = root
    .list('/proc/irq')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
  const nameOf = root.exists(SYSFS)
    ? (irq: number) => root.readTextIfThere(`${SYSFS}/${irq}/actions`)?.trim() ?? ''
    : namesOfProcInterrupts(root.readTextIfThere('/proc/interrupts') ?? '')
  const flagsOf = flagsReader(root)
  return numbers.map((irq) => {
    const unmovable = whyUnmovable(irq, flagsOf(irq), cmdline)
    return { irq, name: nameOf(irq), ...(unmovable === undefined ? {} : { unmovable }) }
  })
}

/** The last column of /proc/interrupts; older kernels have no /sys/kernel/irq. */
function namesOfProcInterrupts(text: string): (irq: number) => string {
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    const irq = line.slice(0, colon).trim()
    if (colon < 0 || !/^\d+$/.test(irq)) continue
    // Names are set off by two blanks; several are split by a comma and one blank.
    const last = line.slice(line.lastIndexOf('  ') + 2).trim()
    if (!/-(?:edge|level|fasteoi)$/i.test(last)) names.set(Number(irq), last)
  }
  return (irq) => names.get(irq) ?? ''
}

/** Flags that irq_can_set_affinity_usr() looks at (kernel/irq/manage.c), by the names of kernel/irq/debugfs.c. */
function whyUnmovable(irq: number, flags: string, cmdline: string): string | undefined {
  if (flags.includes('IRQD_AFFINITY_MANAGED')) {
    const kept = /(?:^|\s)isolcpus=\S*managed_irq/.test(cmdline)
      ? 'the running kernel keeps it off the isolated CPUs (isolcpus=managed_irq)'
      : 'only isolcpus=managed_irq on the kernel command line keeps it off the isolated CPUs'
    return `the kernel itself places irq ${irq} (managed interrupt); ${kept}`
  }
  if (flags.includes('IRQD_PER_CPU')) return `irq ${irq} is a per-CPU interrupt`
  if (flags.includes('IRQD_NO_BALANCING'))
    return `the driver of irq ${irq} does not let it be moved (no balancing)`
  return undefined
}

/** debugfs is only for root, often not mounted, and may be locked down: then a refused write tells. */
function flagsReader(root: Root): (irq: number) => string {
  try {
    if (root.list(DEBUGFS).length > 0) return (irq) => root.readTextIfThere(`${DEBUGFS}/${irq}`) ?? ''
  } catch (error) {
    if (!(error instanceof MachineError)) throw error
  }
  return () => ''
}
