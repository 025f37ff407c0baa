/** Text of somebody else's file for a terminal: control characters, which would steer it, as `\x1b`. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (one) => `\\x${one.codePointAt(0)!.toString(16).padStart(2, '0')}`)
}

/** The same for a message of several lines, which keeps them. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
