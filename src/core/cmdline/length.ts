import { InputError } from '../errors.ts'
import type { Warning } from '../warning.ts'

/**
 * COMMAND_LINE_SIZE, bytes with the final NUL. Sources: arch/x86/include/asm/setup.h, arch/arm64/include/uapi/asm/setup.h,
 * arch/s390/include/uapi/asm/setup.h (4096 since 5.15), arch/powerpc/include/uapi/asm/setup.h, arch/riscv/…/setup.h.
 */
const COMMAND_LINE_SIZE: Readonly<Record<string, number>> = {
  x86_64: 2048,
  i686: 2048,
  aarch64: 4096,
  s390x: 4096,
  ppc64le: 2048,
  riscv64: 1024,
}

/** The longest command line of this `uname -m`, bytes with the final NUL; 2048 where it is not known. */
export function commandLineLimitBytes(machine: string): number {
  return Object.hasOwn(COMMAND_LINE_SIZE, machine) ? COMMAND_LINE_SIZE[machine]! : 2048
}

/** Bytes that the line needs, with its final NUL. */
export function commandLineBytes(line: string): number {
  return new TextEncoder().encode(line).length + 1
}

export const TOO_LONG = 'cmdline-too-long'

/** A warning when the line does not fit; the kernel would cut it off without a word. */
export function tooLong(line: string, limitBytes: number): Warning | undefined {
  const bytes = commandLineBytes(line)
  if (bytes <= limitBytes) return undefined
  const message = `the kernel command line would need ${bytes} bytes, this kernel reads ${limitBytes}: the rest would be lost at boot`
  return { code: TOO_LONG, message }
}

/**
 * For apply: a plan whose command line does not fit is refused before anything changes.
 * @throws InputError `cmdline-too-long`
 */
export function refuseTooLong(warnings: readonly Warning[]): void {
  const warning = warnings.find(({ code }) => code === TOO_LONG)
  if (!warning) return
  throw new InputError({
    code: TOO_LONG,
    message: warning.message,
    ...(warning.place ? { place: warning.place } : {}),
    next: 'Shorten the command line: remove parameters of your own that are not needed, or choose CPUs that make fewer ranges.',
  })
}
