const MARK = '# Written by quietcore from '

/** What the service says of one timer, as it stands in the timer's drop-in. */
export interface TimerDropIn {
  /** the file that the operator writes */
  source: string
  onCalendar: string
  randomizedDelay: string | null
  /** only kept here so that a schedule in force can be told while its suite cannot be read; null for verify */
  onlyWhenIdle: boolean | null
}

/** The text of a drop-in. Values are one line each (the parser of our files gives no others). */
export function renderDropIn({ source, onCalendar, randomizedDelay, onlyWhenIdle }: TimerDropIn): string {
  // Persistent: a slot that passed while the machine was off is made up for. The service verifies at its start anyway.
  const ofSuite =
    onlyWhenIdle === null
      ? ''
      : `Persistent=yes\n\n[X-Quietcore]\nOnlyWhenIdle=${onlyWhenIdle ? 'yes' : 'no'}\n`
  // The empty assignment takes back what the unit itself or an earlier drop-in says (systemd.timer(5)).
  return `${MARK}${source}; what is changed here is lost.
[Timer]
OnCalendar=
OnCalendar=${onCalendar}
RandomizedDelaySec=${randomizedDelay ?? '0'}
${ofSuite}`
}

/** undefined for a file that the service did not write */
export function readDropIn(text: string): TimerDropIn | undefined {
  if (!text.startsWith(MARK)) return undefined
  const lines = text.split('\n')
  const field = (key: string) =>
    lines.findLast((line) => line.startsWith(`${key}=`))?.slice(key.length + 1) ?? ''
  const delay = field('RandomizedDelaySec')
  const idle = field('OnlyWhenIdle')
  return {
    source: lines[0]!.slice(MARK.length, lines[0]!.lastIndexOf(';')),
    onCalendar: field('OnCalendar'),
    randomizedDelay: delay === '0' ? null : delay,
    onlyWhenIdle: idle === '' ? null : idle === 'yes',
  }
}
