import { parameterTexts } from '../core/cmdline/parse.ts'
import { MachineError } from '../core/errors.ts'
import type { Ports } from '../host/ports.ts'

const TIMEOUT_MS = 120_000

/**
 * What grubby's option parsing carries unharmed: it splits at blanks, and builds sed expressions from the rest
 * (grubby-bls of grubby 8.40: `s,$key=[^ ]*,…,`).
 */
const PLAIN = /^[\w.:@%+=/,-]+$/

export function grubbyCanCarry(parameters: string): boolean {
  return parameterTexts(parameters).every((text) => PLAIN.test(text))
}

/** Adds and removes parameters of one kernel's entries. What came of it must be read back: grubby overwrites by name. */
export function grubbyKernel(ports: Ports, kernel: string, add: string, remove: string): Promise<void> {
  return grubby(ports, kernel, add, remove)
}

/** All entries of a grub.cfg that no generator made again (grubby knows no way to spare the rescue entry then). */
export async function grubbyAll(ports: Ports, add: string, remove: string): Promise<string[]> {
  await grubby(ports, 'ALL', add, remove)
  return [
    'grubby changed every entry of the boot menu, rescue entries too, because grub2-mkconfig is not installed.',
  ]
}

async function grubby({ runner }: Ports, kernel: string, add: string, remove: string): Promise<void> {
  const options = [
    ...(remove === '' ? [] : [`--remove-args=${remove}`]),
    ...(add === '' ? [] : [`--args=${add}`]),
  ]
  if (options.length === 0) return
  const argv = ['grubby', `--update-kernel=${kernel}`, ...options]
  const { exitCode, stderr } = await runner.run(argv, { timeoutMs: TIMEOUT_MS })
  if (exitCode === 0) return
  throw new MachineError({
    code: 'grubby-failed',
    message: `grubby could not change the entry of ${kernel} (exit ${exitCode ?? 'by a signal or time-out'}): ${stderr.trim() || 'it said nothing'}`,
    next: "Run 'grubby --info=ALL' to see what it finds, then try again.",
  })
}
