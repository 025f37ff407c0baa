import { isObject } from './clouds-yaml.ts'

/** The path of the next page of flavors; undefined on the last one. */
export function nextPath(links: unknown): string | undefined {
  const next = (Array.isArray(links) ? links : []).find((link) => isObject(link) && link.rel === 'next')
  if (!isObject(next) || typeof next.href !== 'string' || !URL.canParse(next.href)) return undefined
  // The host of the link is the server's own idea of its address; only what follows is used.
  return `/flavors/detail${new URL(next.href).search}`
}

/** What nova says of a fault: `{ badRequest: { message } }`. Keystone's and nova's texts hold no secrets of ours. */
export function faultText(body: unknown): string {
  const fault = isObject(body) ? Object.values(body).find(isObject) : undefined
  return fault && typeof fault.message === 'string' ? `: ${fault.message.slice(0, 500)}` : ''
}
