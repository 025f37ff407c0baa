import { sameUnit } from './meaning.ts'
import { ruleOf } from './parameter-table.ts'
import { parameterPositions } from './parse.ts'
import { type ParameterUnit, parseUnits } from './units.ts'

/**
 * Our parameters without those that `there` (a command line of somebody else's) already has with the same meaning, and
 * without our own repetitions: nothing is doubled. The order of the rest stays.
 */
export function missingFrom(there: string, ours: string): string {
  const kept: ParameterUnit[] = []
  const standing = parseUnits(there)
  for (const unit of parseUnits(ours)) {
    if (alreadySet(unit, standing) && !overridden(unit, standing)) continue
    // Ours twice: the last one of a last-wins parameter counts, so the earlier one goes.
    const earlier = kept.findIndex((one) => one.key === unit.key && replaces(unit, one))
    if (earlier >= 0) kept.splice(earlier, 1)
    kept.push(unit)
  }
  return kept.map(({ text }) => text).join(' ')
}

/** The line with our parameters added after its own (before `--`), nothing doubled, nothing of it removed. */
export function addParameters(line: string, ours: string): string {
  const { head, tail } = splitInit(line)
  return [head.trimEnd(), missingFrom(head, ours), tail].filter((part) => part !== '').join(' ')
}

/**
 * The line without the given parameter texts; of several equal ones the last goes, because ours stand last. What is not
 * there is no error. Every other byte stays.
 */
export function removeParameters(line: string, texts: readonly string[]): string {
  let { head, tail } = splitInit(line)
  for (const text of texts) head = removeLast(head, text)
  return tail === '' ? head : `${head.trimEnd()} ${tail}`.trimStart()
}

/** Splits at `--`: what the kernel reads, and the rest with its `--`. */
export function splitInit(line: string): { head: string; tail: string } {
  const at = parameterPositions(line).find(({ text }) => text === '--')
  return at ? { head: line.slice(0, at.from), tail: line.slice(at.from).trimEnd() } : { head: line, tail: '' }
}

function removeLast(line: string, text: string): string {
  const found = parameterPositions(line).findLast((one) => one.text === text)
  if (!found) return line
  const before = line.slice(0, found.from)
  const after = line.slice(found.from + text.length)
  // One blank goes with the parameter: the one before it, or at the start the one after it.
  return /\s$/.test(before) ? before.slice(0, -1) + after : before + after.replace(/^\s/, '')
}

function alreadySet(unit: ParameterUnit, standing: readonly ParameterUnit[]): boolean {
  return standing.some((one) => sameUnit(one, unit))
}

/** A later value of a last-wins parameter undoes an earlier equal one: then ours is needed after it. */
function overridden(unit: ParameterUnit, standing: readonly ParameterUnit[]): boolean {
  if (ruleOf(unit.parameter.name).repeated !== 'last-wins') return false
  const last = standing.findLast((one) => one.key === unit.key)
  return last !== undefined && !sameUnit(last, unit)
}

function replaces(later: ParameterUnit, earlier: ParameterUnit): boolean {
  return sameUnit(later, earlier) || ruleOf(later.parameter.name).repeated === 'last-wins'
}
