import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

export interface Chroot {
  dir: string
  /** code, and stdout and stderr together */
  run(...args: string[]): { code: number | null; said: string }
  /** puts a file of this machine into /tmp there, and answers its path */
  bring(file: string): string
  /** kind, mode, owner, link and content of every file and folder, but /dev, /tmp and dpkg's log */
  snapshot(): string
  remove(): void
}

/** A machine to install on: the files of a tar, no proc, no sys, no systemd. Needs root. */
export function openChroot(tar: string): Chroot {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-chroot-'))
  execFileSync('tar', ['-C', dir, '-xf', tar, '--exclude=./dev/*'])
  return {
    dir,
    run(...args) {
      const env = {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        LC_ALL: 'C.UTF-8',
        DEBIAN_FRONTEND: 'noninteractive',
      }
      const { status, stdout, stderr } = spawnSync('chroot', [dir, ...args], { encoding: 'utf8', env })
      return { code: status, said: stdout + stderr }
    },
    bring(file) {
      copyFileSync(file, join(dir, 'tmp', basename(file)))
      return `/tmp/${basename(file)}`
    },
    snapshot() {
      const skip = [
        '-path',
        './dev',
        '-prune',
        '-o',
        '-path',
        './tmp',
        '-prune',
        '-o',
        '-path',
        './var/log/dpkg.log',
        '-o',
      ]
      const list = 'find . "$@" -printf "%y %m %U:%G %p %l\\n"; find . "$@" -type f -exec md5sum {} +'
      const said = execFileSync('sh', ['-c', list, 'sh', ...skip], {
        cwd: dir,
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      })
      // dpkg keeps the status of before in a second file, and orders what it lists by its own history
      return said
        .split('\n')
        .filter((line) => !/\/var\/(lib\/dpkg\/status-old|cache\/ldconfig)/.test(line))
        .sort()
        .join('\n')
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** A folder with nothing in it but one executable and the shared libraries that it names. */
export function emptyRoot(executable: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-empty-'))
  const libraries = execFileSync('ldd', [executable], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
  for (const [from, to] of [[executable, '/usr/bin/quietcore'], ...libraries.map((each) => [each, each])]) {
    mkdirSync(dirname(join(dir, to!)), { recursive: true })
    copyFileSync(from!, join(dir, to!))
  }
  return dir
}
