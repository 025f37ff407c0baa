import type { Recovered } from '../engine/recover.ts'
import type { Undone } from '../engine/undo.ts'

/** How many were put back, and by name each one that was left alone and why. */
export function undoneText(title: string, undone: readonly Undone[]): string {
  if (undone.length === 0) return ''
  const count = (outcome: Undone['outcome']) => undone.filter((one) => one.outcome === outcome).length
  const parts = [
    `${count('restored')} put back`,
    `${count('unchanged')} already as before`,
    `${count('forgotten')} forgotten by the kernel at a reboot`,
    `${count('gone')} gone`,
  ].filter((part) => !part.startsWith('0 '))
  const partly = undone.flatMap(({ outcome, target, detail }) =>
    outcome === 'restored' && detail ? [`  ${target}: ${detail}\n`] : [],
  )
  const foreign = undone.filter(({ outcome }) => outcome === 'foreign')
  const left = foreign.map(
    ({ target, detail }) =>
      `  left alone: ${target} was changed by somebody else${detail ? ` (now ${detail})` : ''}\n`,
  )
  return `${title}: ${parts.join(', ') || 'nothing to put back'}.\n${partly.join('')}${left.join('')}`
}

export function recoveredText({ operation, profile, undone }: Recovered): string {
  const what =
    operation === 'apply'
      ? `An interrupted apply of ${profile} was undone`
      : 'An interrupted off was completed'
  return undoneText(what, undone) || `${what}.\n`
}
