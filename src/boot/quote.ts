import { parameterTexts } from '../core/cmdline/parse.ts'

/** What GRUB's own script language takes for itself outside and inside double quotes (GRUB manual, "Quoting"). */
const GRUB_SPECIAL = /[\\'$;&|<>{}]/
const GRUB_SPECIAL_QUOTED = /[\\$]/

/**
 * Parameters as they must stand in grub.cfg so that GRUB hands them to the kernel as they are: `memmap=4G$8G` becomes
 * `memmap=4G\$8G`. Double quotes are left: GRUB reads them as the kernel does, and puts them around blanks again.
 */
export function quoteForGrub(parameters: string): string {
  let quoted = false
  return [...parameters]
    .map((char) => {
      if (char === '"') quoted = !quoted
      return (quoted ? GRUB_SPECIAL_QUOTED : GRUB_SPECIAL).test(char) ? `\\${char}` : char
    })
    .join('')
}

/** The opposite of `quoteForGrub`; text that an administrator wrote without need of it stays. */
export function unquoteFromGrub(text: string): string {
  let quoted = false
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const [char, next] = [text[at]!, text[at + 1] ?? '']
    if (char === '"') quoted = !quoted
    const escapes = char === '\\' && (quoted ? GRUB_SPECIAL_QUOTED : GRUB_SPECIAL).test(next)
    out += escapes ? next : char
    if (escapes) at++
  }
  return out
}

/** Text inside double quotes of sh (POSIX 2.2.3: these four keep their meaning there). */
export function quoteForShell(text: string): string {
  return text.replace(/[\\"$`]/g, '\\$&')
}

/** One line: the parameters with single blanks between them, no line end inside. */
export function oneLine(parameters: string): string {
  return parameterTexts(parameters).join(' ').replaceAll('\n', ' ')
}
