import { MachineError } from '../core/errors.ts'
import type { Ports } from '../host/ports.ts'

/** os-prober looks at every partition; ten minutes is far beyond what it needs on a machine that works. */
const TIMEOUT_MS = 600_000

/** What `generateGrubConfig` may leave if the machine goes down: the generator's output beside the file, and its draft. */
export function sideFiles(config: string): string[] {
  return [`${config}.quietcore`, `${config}.quietcore.new`]
}

/**
 * Generates GRUB's menu. grub-mkconfig ends with `cat grub.cfg.new > grub.cfg`: power lost at that moment leaves an
 * empty menu. So it writes beside the file, and the result takes its place by one rename.
 *
 * @returns a note when the machine has none of the programs (an image that was unpacked without them)
 * @throws MachineError `grub-mkconfig-failed`; grub.cfg is then as it was
 */
export async function generateGrubConfig(
  { root, runner }: Ports,
  programs: readonly string[],
  config: string,
): Promise<string[]> {
  const program = programs.find((name) => runner.find(name) !== undefined)
  if (program === undefined) {
    return [
      `${config} was not generated again: there is no ${programs[0]} here. Run it on that machine before its next boot.`,
    ]
  }
  const [side, draft] = sideFiles(config) as [string, string]
  const clean = () => {
    for (const path of [side, draft]) root.remove(path)
  }
  const { exitCode, stderr } = await runner.run([program, '-o', side], { timeoutMs: TIMEOUT_MS })
  const made = root.readBytesIfThere(side)
  if (exitCode !== 0 || made === undefined || made.length === 0) {
    clean()
    throw new MachineError({
      code: 'grub-mkconfig-failed',
      message: `${program} could not generate GRUB's menu (exit ${exitCode ?? 'by a signal or time-out'}): ${lastLines(stderr)}`,
      place: { file: config },
      next: `${config} is as it was. Run '${program}' by hand to see what it objects to, then try again.`,
    })
  }
  root.writeFile(config, made, root.info(config)?.mode ?? root.info(side)?.mode ?? 0o600)
  clean()
  return []
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' / ') || 'it said nothing'
}
