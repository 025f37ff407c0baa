import { removeParameters } from '../core/cmdline/merge.ts'
import { parameterTexts } from '../core/cmdline/parse.ts'

/**
 * Files whose text carries kernel parameters. entry: a boot loader entry with `options` lines
 * (https://uapi-group.org/specifications/specs/boot_loader_specification/). cmdline: /etc/kernel/cmdline, the bare text.
 */
export type OptionFormat = 'entry' | 'cmdline'

interface Stretch {
  from: number
  to: number
}

/** All parameters of the file on one line. */
export function readOptions(text: string, format: OptionFormat): string {
  return stretches(text, format)
    .map(({ from, to }) => text.slice(from, to).trim())
    .filter((options) => options !== '')
    .join(' ')
}

/** The text with parameters after its own; every other byte stays. */
export function addOptions(text: string, format: OptionFormat, parameters: string): string {
  if (parameters === '') return text
  const last = stretches(text, format).at(-1)
  if (!last) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}options ${parameters}\n`
  const blank = last.from === last.to || /\s$/.test(text.slice(last.from, last.to)) ? '' : ' '
  return `${text.slice(0, last.to)}${blank}${parameters}${text.slice(last.to)}`
}

/** The text without those parameters; of equal ones the last goes. */
export function removeOptions(text: string, format: OptionFormat, parameters: string): string {
  let result = text
  for (const parameter of parameterTexts(parameters)) {
    for (const { from, to } of stretches(result, format).toReversed()) {
      const shorter = removeParameters(result.slice(from, to), [parameter])
      if (shorter === result.slice(from, to)) continue
      result = result.slice(0, from) + shorter + result.slice(to)
      break
    }
  }
  return result
}

/** One value of an entry: `linux`, `title`; empty when it is not there. */
export function entryValue(text: string, key: string): string {
  for (const line of text.split('\n')) {
    const match = /^(\S+)[ \t]+(.*)$/.exec(line)
    if (match?.[1] === key) return match[2]!.trim()
  }
  return ''
}

function stretches(text: string, format: OptionFormat): Stretch[] {
  if (format === 'cmdline') return [{ from: 0, to: text.trimEnd().length }]
  return [...text.matchAll(/^options(?:[ \t]+|$)(.*)$/gm)].map((match) => {
    const to = match.index + match[0].length
    return { from: to - match[1]!.length, to }
  })
}
