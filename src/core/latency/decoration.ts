/** What logs put before a line, each anchored and linear. Order matters only for reading. */
const PREFIXES: readonly RegExp[] = [
  // ISO 8601 (kubectl logs --timestamps, journalctl -o short-iso), then CRI's stream and flag
  /^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?\]?[ \t]+(?:std(?:out|err) [FP] )?/,
  // syslog, journalctl: host and tag[pid], or the kernel's tag
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?[ \t]+(?:[\w.-]+ (?:[\w./-]+\[\d+\]|kernel): )?/,
  // host and tag after an ISO time
  /^[A-Za-z0-9][\w.-]* (?:[\w./-]+\[\d+\]|kernel): /,
  // klog
  /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{1,9} +\d+ [\w./-]+:\d+\] /,
  // dmesg, with syslog level and caller
  /^(?:<\d{1,3}>)?\[ *\d+\.\d{1,9}\](?:\[ *[TC]\d+\])? ?/,
  // kubectl logs --prefix
  /^\[[\w.-]+\/[\w./-]+\] /,
  // docker compose logs
  /^[A-Za-z][\w.-]*[-_.]\w+[ \t]+\| /,
  // time of day
  /^\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?[ \t]+/,
  // a quoting mail
  /^>+ ?/,
]
const ANSI = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_a-z])/g

/** Text without terminal control sequences (colour, cursor moves, full reset), NUL and trailing blanks. */
export function stripAnsi(text: string): string {
  return text.includes('\x1b') ? text.replace(ANSI, '') : text
}

/** Whether the line moves the cursor up or clears the screen, as a live display does before it draws again. */
export function redraws(raw: string): boolean {
  return raw.includes('\x1b') && /\x1b(?:c|\[\d*A|\[[0-3]?J|\[\d*(?:;\d*)?H)/.test(raw)
}

/** Only colour switched off, or the cursor shown again: what a tool leaves behind a whole last line. */
export function isAfterglow(raw: string): boolean {
  return /^(?:\x1b\[(?:[0;]*m|\?25h))+$/.test(raw)
}

/** The line without the prefixes that logs put before it; a learned prefix is tried after the known ones. */
export function stripPrefixes(text: string, learned: RegExp | null): string {
  let rest = text.trimStart()
  for (let depth = 0; depth < 4; depth++) {
    const prefix = PREFIXES.find((known) => known.test(rest))
    if (!prefix) break
    rest = rest.replace(prefix, '').trimStart()
  }
  return learned ? rest.replace(learned, '').trimStart() : rest
}

/** A pattern for lines that begin like `prefix`: any number where it has one, any blanks where it has some. */
export function learnPrefix(prefix: string): RegExp {
  const shape = prefix
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\d+/g, '\\d+')
    .replace(/\s+/g, '\\s+')
  return new RegExp(`^${shape}`)
}
