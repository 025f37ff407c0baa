const HIDDEN = '(hidden)'

/** How the last part of a name ends that holds a secret: `rd.luks.key`, `iscsi_password`, `tcp_fastopen_key`. */
const LAST_PART = '(?:passw(?:or)?d|passphrase|pass|pwd|secret|token|credential(?:_binary)?|key)'
const NAME = String.raw`(?:[\w./-]*[._/-])?${LAST_PART}`

const WHOLE_NAME = new RegExp(`^${NAME}$`, 'i')
/** The kernel lets the quotes stand around the value or around the whole word. */
const QUOTED_WORD = new RegExp(String.raw`(["'])(${NAME}=)(?:(?!\1).)*\1`, 'gi')
const WORD = new RegExp(String.raw`(?<![\w./-])(${NAME}=)(?:"[^"]*"|'[^']*'|[^\s"']+)`, 'gi')
/** `iscsi:user:password@host` of netroot=, `https://user:password@host` */
const USER_INFO = /(iscsi:|:\/\/)[^\s"'/@]*:[^\s"'/@]*@/gi

/** A text for logs: the values of `name=value` words whose name is a secret's, and passwords of addresses, are hidden. */
export function hideSecrets(text: string): string {
  return text
    .replace(QUOTED_WORD, `$1$2${HIDDEN}$1`)
    .replace(WORD, `$1${HIDDEN}`)
    .replace(USER_INFO, `$1${HIDDEN}@`)
}

/** The same for the fields of an event. All of them are hidden when the event is about a secret's file: `/proc/sys/…_key is set`. */
export function hideSecretFields(
  message: string,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const [subject = ''] = message.split(' ', 1)
  const all = WHOLE_NAME.test(subject)
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (all || WHOLE_NAME.test(name)) return [name, HIDDEN]
      return [name, typeof value === 'string' ? hideSecrets(value) : value]
    }),
  )
}
