import type { PlacedParameter } from './conflicts.ts'
import { sameUnit } from './meaning.ts'
import { missingFrom } from './merge.ts'
import { parseUnits } from './units.ts'

/**
 * The command line that the next boot will have, as far as it can be told before: what the boot loader adds by itself
 * (BOOT_IMAGE=, root=, ro) is taken from the running one.
 *
 * @param running `/proc/cmdline`
 * @param administrator what the boot loader's files set without us
 * @param ours what quietcore will have set
 * @param earlier what quietcore has set until now, and `ours` replaces
 */
export function pendingCmdline(
  running: string,
  administrator: readonly PlacedParameter[],
  ours: string,
  earlier = '',
): string {
  const theirs = parseUnits(administrator.map(({ parameter }) => parameter).join(' '))
  const [wanted, replaced] = [parseUnits(ours), parseUnits(earlier)]
  const stays = parseUnits(running).filter((unit) => {
    if (theirs.some((one) => sameUnit(one, unit))) return true
    return !replaced.some((one) => sameUnit(one, unit)) && !wanted.some((one) => one.key === unit.key)
  })
  const line = stays.map(({ text }) => text).join(' ')
  const added = missingFrom(line, theirs.map(({ text }) => text).join(' '))
  const whole = [line, added].filter((part) => part !== '').join(' ')
  return [whole, missingFrom(whole, ours)].filter((part) => part !== '').join(' ')
}
