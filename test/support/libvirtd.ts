import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A system libvirtd for the tests; one that runs already is used and left alone. */
export interface Libvirtd {
  uri: string
  stop(): Promise<void>
}

const URI = 'qemu:///system'
const QEMU_CONF = '/etc/libvirt/qemu.conf'

/** Why no libvirtd can run here; empty when one can. */
export const LIBVIRTD_MISSING =
  process.getuid?.() !== 0
    ? ' (skipped: not root)'
    : !existsSync('/usr/sbin/libvirtd')
      ? ' (skipped: no libvirtd; scripts/test-packages.txt names it)'
      : ''

function answers(): boolean {
  return spawnSync('virsh', ['-q', '-c', URI, 'version'], { timeout: 5_000 }).status === 0
}

/** Starts virtlogd and libvirtd without systemd, as the daemons of a machine that has none. */
export async function startLibvirtd(): Promise<Libvirtd> {
  if (answers()) return { uri: URI, stop: async () => {} }
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-libvirtd-'))
  const earlier = existsSync(QEMU_CONF) ? readFileSync(QEMU_CONF) : undefined
  // With cgroup v1 and RT_GROUP_SCHED a new group has cpu.rt_runtime_us=0 and <vcpusched> fails: stay out of `cpu`.
  const cgroups = 'cgroup_controllers = [ "cpuset", "cpuacct", "memory", "devices", "blkio" ]'
  mkdirSync('/etc/libvirt', { recursive: true })
  writeFileSync(QEMU_CONF, `${earlier ?? ''}\n${cgroups}\n`)
  const conf = join(dir, 'libvirtd.conf')
  writeFileSync(
    conf,
    `auth_unix_ro = "none"\nauth_unix_rw = "none"\nunix_sock_group = "root"\nlog_outputs = "3:file:${dir}/log"\n`,
  )
  const daemons: ChildProcess[] = [
    spawn('virtlogd', ['-p', join(dir, 'virtlogd.pid')], { stdio: 'ignore' }),
    spawn('libvirtd', ['-f', conf, '-p', join(dir, 'libvirtd.pid')], { stdio: 'ignore' }),
  ]
  const stop = async () => {
    for (const daemon of daemons.toReversed()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue
      const ended = new Promise((resolve) => daemon.once('exit', resolve))
      daemon.kill('SIGTERM')
      await ended
    }
    if (earlier) writeFileSync(QEMU_CONF, earlier)
    else rmSync(QEMU_CONF, { force: true })
    rmSync(dir, { recursive: true, force: true })
  }
  for (const limit = Date.now() + 60_000; Date.now() < limit; ) {
    if (answers()) return { uri: URI, stop }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop()
  throw new Error(`libvirtd did not answer within 60 s at ${URI}`)
}

/** What libvirt takes on any machine: a guest of KVM needs a /dev/kvm that works, QEMU's own emulation nothing. */
export function emulated(xml: string): string {
  return xml.replace("<domain type='kvm'", "<domain type='qemu'")
}

/** virsh, for preparing and reading back; throws with what it said. */
export function virsh(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('virsh', ['-q', '-c', URI, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`virsh ${args[0]}: ${stderr}`)
  return stdout
}
