/** Paths of a machine as text: the core joins no path to a root directory. */

/** `/etc//tuned/../x` => `/etc/x` (Python's os.path.normpath). */
export function normalizePath(path: string): string {
  const absolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!absolute) parts.push(part)
  }
  return (absolute ? '/' : '') + parts.join('/') || '.'
}

/** `path` as seen from the folder `dir`. */
export function resolvePath(dir: string, path: string): string {
  return normalizePath(path.startsWith('/') ? path : `${dir}/${path}`)
}
