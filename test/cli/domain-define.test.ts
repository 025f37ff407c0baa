import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fixXml } from '../../src/core/domain/fix/fix-xml.ts'
import { fitBut } from '../support/domains.ts'
import { emulated, LIBVIRTD_MISSING } from '../support/libvirtd.ts'

const USB = "<controller type='usb' index='0' model='none'/>"
const XHCI = "<controller type='usb' index='0' model='qemu-xhci'/>"
const usb = (devices: string) => fitBut(USB, devices)
const disk = (element: string) => fitBut(/<disk [\s\S]*<source [^>]*>/, element)

/** What libvirt takes today, and what --fix-xml changes in it. */
const GUESTS: readonly [string, string, string[]][] = [
  [
    'SPICE with its agent, its redirection and its sound',
    usb(`<controller type='usb' index='0' model='ich9-ehci1'/>
      <controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>
      <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <graphics type='spice' autoport='yes'/><video><model type='qxl'/></video>
      <redirdev bus='usb' type='spicevmc'/>
      <redirfilter><usbdev class='0x08' allow='yes'/></redirfilter>
      <smartcard mode='passthrough' type='spicevmc'/>
      <sound model='ich6'/><audio id='1' type='spice'/>`),
    [
      'removed 1 <graphics>',
      'removed 1 <video>',
      'removed 1 <sound>',
      'removed 1 <audio>',
      'removed 2 <controller>',
      'removed 1 <redirdev>',
      'removed 1 <channel>',
      'removed 1 <smartcard>',
      'removed 1 <redirfilter>',
      'no USB controller (model none)',
    ],
  ],
  [
    'a smart card reader',
    usb(`${XHCI}<controller type='ccid' index='0'/><smartcard mode='host'/>`),
    [
      'removed 1 <controller>',
      'removed 1 <smartcard>',
      'removed 1 <controller>',
      'no USB controller (model none)',
    ],
  ],
  [
    'disks on USB, and a mouse behind a hub',
    usb(`${XHCI}<hub type='usb'/><input type='tablet' bus='usb'/>
      <disk type='file' device='cdrom'><target dev='sda' bus='usb'/><readonly/></disk>
      <disk type='file' device='disk'><driver cache='none'/><source file='/y'/><target dev='sdb' bus='usb'/></disk>`),
    ['removed 1 <input>'],
  ],
  [
    'a serial line on USB',
    usb(`${XHCI}<serial type='pty'><target type='usb-serial' port='0'/></serial>`),
    [],
  ],
  ['no USB controller written', usb(''), ['no USB controller (model none)']],
  [
    'a disk that another process serves',
    disk(`<disk type='vhostuser' device='disk'><driver name='qemu' type='raw'/>
      <source type='unix' path='/run/vhost.sock'/>`).replace('<locked/>', "<locked/><access mode='shared'/>"),
    [],
  ],
  [
    'a disk of Ceph',
    disk(`<disk type='network' device='disk'><driver name='qemu' type='raw' cache='writeback' iothread='1'/>
      <source protocol='rbd' name='p/v'><host name='10.0.0.1' port='6789'/></source>`),
    [],
  ],
  [
    'a housekeeping vCPU that is batch',
    fitBut('<vcpusched', "<vcpusched vcpus='0' scheduler='batch'/><vcpusched"),
    [],
  ],
]

describe.skipIf(LIBVIRTD_MISSING !== '')(`libvirt's own driver of QEMU${LIBVIRTD_MISSING}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-define-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  /** The driver inside virsh, with a root of its own: no daemon, and nothing of this machine's libvirt is touched. */
  function define(...xmls: string[]): string {
    const commands = xmls.map((xml, index) => {
      const file = join(dir, `${index}.xml`)
      writeFileSync(file, emulated(xml))
      return `define --validate ${file}`
    })
    const words = ['-q', '-c', `qemu:///embed?root=${dir}`, commands.join('; ')]
    return spawnSync('virsh', words, { encoding: 'utf8' }).stderr
  }

  it.each(GUESTS)('defines a guest with %s before and after --fix-xml', (_, xml, said) => {
    const fixed = fixXml(xml, 'f')
    expect(fixed.changes.map(({ message }) => message)).toEqual(said)
    expect(define(xml, fixed.xml)).toBe('')
  })
})
