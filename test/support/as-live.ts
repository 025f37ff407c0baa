import type { Ports, Root } from '../../src/host/ports.ts'

/**
 * A made machine that says it is the live one, so that what quietcore does only there (systemctl, ethtool, the chosen
 * word of a bracketed file) runs on its files. Every read and write stays inside the directory.
 */
export function asLive(ports: Ports, more: Partial<Ports> = {}): Ports {
  const root = new Proxy(ports.root, {
    get(target, key) {
      if (key === 'live') return true
      const value = target[key as keyof Root]
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...ports, root, ...more }
}
