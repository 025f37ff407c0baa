import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fitBut } from '../support/domains.ts'
import { emulated, LIBVIRTD_MISSING, type Libvirtd, startLibvirtd, virsh } from '../support/libvirtd.ts'
import { quietcore } from '../support/quietcore.ts'

/** A name with all that a shell or virsh's own parser could trip over. */
const NAME = "quietcore 'test; x"

function guest(): string {
  return `<domain type='qemu'>
  <name>${NAME}</name>
  <memory unit='MiB'>32</memory>
  <vcpu>2</vcpu>
  <iothreads>1</iothreads>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <cputune>
    <vcpupin vcpu='0' cpuset='0'/>
    <vcpupin vcpu='1' cpuset='1'/>
    <emulatorpin cpuset='0'/>
    <iothreadpin iothread='1' cpuset='0'/>
    <vcpusched vcpus='1' scheduler='fifo' priority='1'/>
  </cputune>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' index='0' model='none'/>
    <memballoon model='none'/>
  </devices>
</domain>`
}

describe.skipIf(LIBVIRTD_MISSING !== '')(`a running domain of a real libvirtd${LIBVIRTD_MISSING}`, () => {
  let daemon: Libvirtd
  let dir: string
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'quietcore-guest-'))
    daemon = await startLibvirtd()
    writeFileSync(join(dir, 'guest.xml'), guest())
    // Paused: its threads are there and scheduled as libvirt set them, and no FIFO thread spins on the test machine.
    virsh('create', '--paused', join(dir, 'guest.xml'))
  })
  afterAll(async () => {
    try {
      virsh('destroy', '--domain', NAME)
    } finally {
      await daemon?.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  })

  const ask = () => JSON.parse(quietcore('domain', 'audit', NAME, '--connect', daemon.uri, '--json').stdout)
  const about = (rule: string) => {
    const { findings, undecided } = ask()
    const of = (all: { rule: string; message?: string; reason?: string }[]) =>
      all.filter((one) => one.rule === rule).map((one) => one.message ?? one.reason)
    return { found: of(findings), open: of(undecided) }
  }

  /** A thread of the QEMU that libvirt started, by the begin of its name, from /proc, not by our own code. */
  function threadOf(name: string): string {
    const uuid = virsh('domuuid', '--domain', NAME).trim()
    const pid = execFileSync('pgrep', ['-f', `qemu.*-uuid ${uuid}`], { encoding: 'utf8' }).trim()
    const rows = execFileSync('ps', ['-L', '-o', 'tid=,comm=', '-p', pid], { encoding: 'utf8' }).split('\n')
    return rows
      .map((row) => row.trim())
      .find((row) => row.replace(/^\d+ /, '').startsWith(name))!
      .split(' ')[0]!
  }

  /** Moves a thread behind libvirt's back. Its cgroup bounds what taskset(1) can do, so that goes first. */
  function move(tid: string, cpus: string): void {
    const cgroups = readFileSync(`/proc/${tid}/cgroup`, 'utf8').split('\n')
    const path = cgroups.find((line) => /^\d+:(?:[^:]*,)?cpuset[,:]/.test(line))?.replace(/^[^/]*/, '')
    const file = `/sys/fs/cgroup/cpuset${path}/cpuset.cpus`
    if (path !== undefined && existsSync(file)) writeFileSync(file, cpus)
    execFileSync('taskset', ['-p', '-c', cpus, tid])
  }

  it('has F3 confirmed on its live threads, and chrt sees them FIFO, too', () => {
    expect(about('F3')).toEqual({ found: [], open: [] })
    expect(execFileSync('chrt', ['-p', threadOf('CPU 1/')], { encoding: 'utf8' })).toContain('SCHED_FIFO')
    expect(execFileSync('chrt', ['-p', threadOf('CPU 0/')], { encoding: 'utf8' })).toContain('SCHED_OTHER')
  })

  it('fails F3 when a thread lost its policy behind libvirt’s back', () => {
    const tid = threadOf('CPU 1/')
    execFileSync('chrt', ['-o', '-p', '0', tid])
    expect(about('F3').found).toEqual([`the thread of vCPU 1 (${tid}) is SCHED_OTHER, not SCHED_FIFO`])
    execFileSync('chrt', ['-f', '-p', '1', tid])
    expect(about('F3').found).toEqual([])
  })

  it.each([
    ['qemu-system', 'the emulator'],
    ['IO iothread1', 'iothread 1'],
  ])('fails F4 when the thread %s was moved to a real-time CPU', (name, who) => {
    expect(about('F4')).toEqual({ found: [], open: [] })
    const tid = threadOf(name)
    move(tid, '0-1')
    // Whoever is in the same cgroup went with it.
    expect(about('F4').found).toEqual([
      expect.stringMatching(new RegExp(`^${who} \\(threads? .*${tid}.*may now run on the real-time CPUs 1$`)),
    ])
    move(tid, '0')
    expect(about('F4').found).toEqual([])
  })

  it('has no job under way, and nothing of it in swap', () => {
    expect([about('F8'), about('T2')]).toEqual([
      { found: [], open: [] },
      { found: [], open: [] },
    ])
  })

  it('takes the corrected XML: libvirt defines what --fix-xml printed', () => {
    const path = join(dir, 'fixed.xml')
    const broken = join(dir, 'broken.xml')
    writeFileSync(
      broken,
      fitBut("<emulatorpin cpuset='0-1'", "<emulatorpin cpuset='5'").replace("'kvm'", "'qemu'"),
    )
    const { stdout, stderr } = quietcore('domain', 'audit', broken, '--fix-xml')
    expect(stderr).toBe(
      'F4: emulator threads pinned to CPUs 4\nF7: domain type kvm\nstill W6: housekeeping vCPUs 0 share CPUs 4 with the emulator threads\n  hw:emulator_threads_policy=share (with [compute] cpu_shared_set) or isolate; in the XML <emulatorpin> on CPUs of no vCPU.\n',
    )
    writeFileSync(path, emulated(stdout))
    virsh('define', '--validate', path)
    expect(virsh('dumpxml', 'fit')).toContain("<emulatorpin cpuset='4'/>")
    virsh('undefine', 'fit')
  })
})
