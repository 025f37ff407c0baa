import { InputError } from '../errors.ts'

/** How a guest is reached: by ssh, or by the agent in it over libvirt. `name` is the domain's, for comparing the two. */
export type GuestAddress =
  | { name: string; by: 'ssh'; host: string; user?: string; port?: number }
  | { name: string; by: 'agent'; domain: string }

const FORM =
  "Write it as 'NAME=ssh:user@host', 'NAME=ssh:user@host:2222', 'NAME=ssh:root@[fd00::7]:22' or 'NAME=agent:DOMAIN'."
/** Of host and user names: what no option of ssh and no part of an address can look like. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/

/**
 * Reads `NAME=ssh:user@host:port` and `NAME=agent:DOMAIN`.
 * @throws InputError `bad-guest`
 */
export function parseGuest(text: string): GuestAddress {
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(at, 0)).trim()
  const rest = text.slice(at + 1)
  if (at < 0 || name === '') throw bad(text, 'it has no NAME=')
  if (rest.startsWith('agent:')) {
    const domain = rest.slice('agent:'.length)
    if (domain === '') throw bad(text, 'it names no domain')
    return { name, by: 'agent', domain }
  }
  if (rest.startsWith('ssh:')) return { name, by: 'ssh', ...destination(rest.slice('ssh:'.length), text) }
  throw bad(text, `'${rest}' begins with neither ssh: nor agent:`)
}

function destination(to: string, text: string): { host: string; user?: string; port?: number } {
  const at = to.lastIndexOf('@')
  const user = at < 0 ? undefined : to.slice(0, at)
  if (user !== undefined && !NAME.test(user)) throw bad(text, `'${user}' is no user`)
  const [host, portText] = splitPort(to.slice(at + 1))
  const address = /^[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9]{1,15})?$/.test(host) && host.includes(':')
  if (!address && !NAME.test(host)) throw bad(text, `'${host}' is no host`)
  const port = portText === undefined ? undefined : Number(portText)
  if (portText !== undefined && !(/^\d{1,5}$/.test(portText) && port! >= 1 && port! <= 65_535))
    throw bad(text, `'${portText}' is no port`)
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
}

/** `host:22`, `[::1]:22`; a bare IPv6 address has no port. */
function splitPort(text: string): [string, string | undefined] {
  if (text.startsWith('[')) {
    const end = text.indexOf(']')
    const rest = text.slice(end + 1)
    if (end < 0) return [text, undefined]
    return [text.slice(1, end), rest === '' ? undefined : rest.replace(/^:/, '')]
  }
  const parts = text.split(':')
  return parts.length === 2 ? [parts[0]!, parts[1]] : [text, undefined]
}

function bad(text: string, why: string): InputError {
  return new InputError({
    code: 'bad-guest',
    message: `the guest '${text}' cannot be read: ${why}`,
    next: FORM,
  })
}
