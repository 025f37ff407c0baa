import { accessSync, constants, statfsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { VmError } from './vm-error.ts'

/** Which Debian package brings a program that the driver calls (the list is scripts/vm-packages.txt). */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  sfdisk: 'fdisk',
  'mkfs.ext4': 'e2fsprogs',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  setpriv: 'util-linux',
  e2fsck: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  'grub-fstest': 'grub-common',
  'grub-script-check': 'grub-common',
}

/** @throws VmError `no-such-tool` that names every missing program and its Debian package */
export function requireTools(names: readonly string[], path: string = process.env.PATH ?? ''): void {
  const missing = names.filter((name) => !inPath(name, path))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((name) => PACKAGE_OF[name] ?? name))]
  throw new VmError(
    'no-such-tool',
    `The virtual machine needs ${missing.join(', ')}, not found in PATH.\n  Install: apt-get install --no-install-recommends ${packages.join(' ')}`,
  )
}

function inPath(name: string, path: string): boolean {
  return [...path.split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** @throws VmError `no-space` when the file system of `folder` has less than `needBytes` free */
export function requireSpace(folder: string, needBytes: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const freeMib = Math.floor((bavail * bsize) / 2 ** 20)
  const needMib = Math.ceil(needBytes / 2 ** 20)
  if (freeMib >= needMib) return
  throw new VmError(
    'no-space',
    `${needMib} MiB are needed in ${folder} and ${freeMib} MiB are free.\n  Make room, or choose another file system (QUIETCORE_VM_CACHE, TMPDIR).`,
  )
}

export interface ToolOptions {
  env?: Record<string, string>
  input?: string
  timeoutMs?: number
  /** by default stdout loses its last newline */
  keepFinalNewline?: boolean
  /** exit codes that are no failure; default 0 only */
  goodExitCodes?: readonly number[]
}

/**
 * Runs a program of this machine to its end and answers its stdout.
 * @throws VmError `tool-failed` with the last lines it wrote
 */
export async function runTool(
  argv: readonly [string, ...string[]],
  options: ToolOptions = {},
): Promise<string> {
  const [program, ...args] = argv
  const result = await execa(program, args, {
    reject: false,
    all: true,
    maxBuffer: 256 * 2 ** 20,
    stripFinalNewline: !options.keepFinalNewline,
    env: { PATH: `${process.env.PATH}${delimiter}/usr/sbin${delimiter}/sbin`, ...options.env },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  })
  const good = options.goodExitCodes ?? [0]
  if (result.exitCode === undefined || !good.includes(result.exitCode)) {
    const end = (result.all ?? '').split('\n').slice(-25).join('\n')
    throw new VmError('tool-failed', `${argv.join(' ')}\n  ${result.shortMessage}\n${end}`, result.cause)
  }
  return result.stdout
}
