import type { Place } from '../core/errors.ts'
import type { Root } from '../host/ports.ts'
import { sysctlPath } from './sysctl-key.ts'

/** In the order of systemd-sysctl: a file of an earlier folder hides one of the same name in a later one (sysctl.d(5)). */
const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d']

export interface SysctlOrigin {
  value: string
  place: Place
}

/** What the machine's own files set at boot: the path under /proc/sys to the value that comes last. */
export function sysctlFiles(root: Root): Map<string, SysctlOrigin> {
  const files = new Map<string, string>()
  for (const folder of FOLDERS) {
    for (const name of root.list(folder)) {
      if (name.endsWith('.conf') && !files.has(name)) files.set(name, `${folder}/${name}`)
    }
  }
  const origins = new Map<string, SysctlOrigin>()
  const inOrder = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
  // procps reads it last; Debian's sysctl.d has a link to it, which is the same file twice.
  for (const file of [...inOrder, '/etc/sysctl.conf']) readFile(file, root, origins)
  return origins
}

function readFile(file: string, root: Root, origins: Map<string, SysctlOrigin>): void {
  const lines = (root.readTextIfThere(file) ?? '').split('\n')
  lines.forEach((line, index) => {
    const equals = line.indexOf('=')
    if (equals < 0 || /^\s*[#;]/.test(line)) return
    const key = line.slice(0, equals).trim().replace(/^-/, '')
    origins.set(sysctlPath(key), { value: line.slice(equals + 1).trim(), place: { file, line: index + 1 } })
  })
}
