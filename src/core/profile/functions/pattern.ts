/**
 * Python's fnmatch: `*`, `?`, `[seq]`, `[!seq]`. Linear: on a mismatch only the last `*` is tried again.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = partsOf(pattern)
  let [at, part, starAt, starPart] = [0, 0, 0, -1]
  while (at < text.length) {
    const now = parts[part]
    if (now === '*') {
      starPart = part++
      starAt = at
    } else if (now?.(text[at]!)) {
      at++
      part++
    } else if (starPart >= 0) {
      part = starPart + 1
      at = ++starAt
    } else return false
  }
  return parts.slice(part).every((rest) => rest === '*')
}

type Part = '*' | ((character: string) => boolean)

function partsOf(pattern: string): Part[] {
  const parts: Part[] = []
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!
    const end = character === '[' ? pattern.indexOf(']', i + (pattern[i + 1] === '!' ? 3 : 2)) : -1
    if (character === '*') parts.push('*')
    else if (character === '?') parts.push(() => true)
    else if (end !== -1) {
      parts.push(sequence(pattern.slice(i + 1, end)))
      i = end
    } else parts.push((other) => other === character)
  }
  return parts
}

function sequence(text: string): (character: string) => boolean {
  const negated = text.startsWith('!')
  const members = negated ? text.slice(1) : text
  return (character) => isMember(members, character) !== negated
}

function isMember(members: string, character: string): boolean {
  for (let i = 0; i < members.length; i++) {
    const isRange = members[i + 1] === '-' && i + 2 < members.length
    if (isRange && character >= members[i]! && character <= members[i + 2]!) return true
    if (!isRange && members[i] === character) return true
    if (isRange) i += 2
  }
  return false
}
