import { expect, test } from 'vitest'
import { CpuSet } from '../../../src/core/cpu/cpu-set.ts'
import type { Domain } from '../../../src/core/domain/domain.ts'
import { parseDomain } from '../../../src/core/domain/parse-domain.ts'
import { parseXml } from '../../../src/core/domain/parse-xml.ts'
import { dedicatedAgrees, novaSets } from '../../../src/core/gate/agreement/dedicated-set.ts'
import { pinsAgree } from '../../../src/core/gate/agreement/domain-pins.ts'
import {
  type BootedFlavor,
  flavorOf,
  maskAgrees,
  pagesAgree,
} from '../../../src/core/gate/agreement/flavor.ts'
import { guestAgrees } from '../../../src/core/gate/agreement/guest.ts'
import type { Link } from '../../../src/core/gate/link.ts'
import { managedValues } from '../../../src/core/nova/conf/remember.ts'
import { FIT, fitBut } from '../../support/domains.ts'

const cpus = CpuSet.parse
const domain = (xml: string): Domain => parseDomain(parseXml(xml, 'test.xml'), 'test.xml')
/** The fit domain as nova would have made it: vCPU 0 keeps house on CPU 4, 1 to 3 are real-time on 5 to 7. */
const NOVA = `<metadata>
    <nova:instance xmlns:nova="http://openstack.org/xmlns/libvirt/nova/1.1"><nova:flavor name="rt.large"/></nova:instance>
  </metadata>
  <memory`
const novaDomain = () => domain(fitBut('<memory', NOVA))
const conf = (text: string) => novaSets(managedValues(text, 'nova.conf'), 'nova.conf')

function sets(text: string) {
  const read = conf(text)
  if (typeof read === 'string') throw new Error(read)
  return read
}

/** State and evidence, and the advice where there is any. */
function short({ subject, state, evidence, next }: Link) {
  return [subject, state, evidence, next.length]
}

test('nova.conf and host agree when nova dedicates what the kernel isolates, however it is written', () => {
  expect(short(dedicatedAgrees(sets('[compute]\ncpu_dedicated_set = 4-9,^8,^9\n'), cpus('4-7')))).toEqual([
    'nova.conf and host',
    'pass',
    ['[compute] cpu_dedicated_set of nova.conf and the kernel’s isolated CPUs are 4-7'],
    0,
  ])
  expect(short(dedicatedAgrees(sets('[DEFAULT]\nvcpu_pin_set = 4-7\n'), cpus('4-7')))[1]).toBe('pass')
  const emptied = sets('[DEFAULT]\nvcpu_pin_set = 4-7\n[compute]\ncpu_dedicated_set =\ncpu_shared_set =\n')
  expect([short(dedicatedAgrees(emptied, cpus('4-7')))[1], emptied.shared]).toEqual(['pass', null])
})

test('nova.conf and host disagree in both directions', () => {
  expect(short(dedicatedAgrees(sets('[compute]\ncpu_dedicated_set = 2-5\n'), cpus('4-7')))).toEqual([
    'nova.conf and host',
    'fail',
    [
      '[compute] cpu_dedicated_set of nova.conf is 2-5, of which the kernel does not isolate 2-3',
      'the kernel isolates 6-7, which are not in [compute] cpu_dedicated_set of nova.conf',
    ],
    1,
  ])
  expect(short(dedicatedAgrees(sets('[compute]\n'), cpus('4-7')))).toEqual([
    'nova.conf and host',
    'fail',
    ['nova.conf dedicates no CPU, the kernel isolates 4-7'],
    1,
  ])
})

test('a set that nova cannot read is its message', () => {
  expect(conf('[compute]\ncpu_dedicated_set = 7-4\n')).toBe("nova.conf: Invalid range expression '7-4'")
})

test('real-time vCPUs run on isolated CPUs, and of nova on dedicated ones', () => {
  const agreed = sets('[compute]\ncpu_dedicated_set = 4-7\n')
  expect(short(pinsAgree(domain(FIT), cpus('4-7'), undefined))).toEqual([
    'fit and isolated CPUs',
    'pass',
    ['real-time vCPUs 1-3 run on CPUs 5-7, all isolated'],
    0,
  ])
  expect(short(pinsAgree(novaDomain(), cpus('4-7'), agreed))).toEqual([
    'fit and isolated CPUs',
    'pass',
    ['real-time vCPUs 1-3 run on CPUs 5-7, all isolated, and nova dedicates them'],
    0,
  ])
  expect(short(pinsAgree(domain(FIT), cpus('4-6'), agreed))[2]).toEqual([
    'real-time vCPUs run on 7, which the kernel does not isolate (4-6)',
  ])
  expect(short(pinsAgree(domain(FIT), cpus(''), agreed))[2]).toEqual([
    'real-time vCPUs run on 5-7, which the kernel does not isolate (none)',
  ])
  expect(
    short(pinsAgree(novaDomain(), cpus('4-7'), sets('[compute]\ncpu_dedicated_set = 5-6\n')))[2],
  ).toEqual([
    'real-time vCPUs run on 7, which are not in [compute] cpu_dedicated_set of nova.conf (5-6)',
    'other vCPUs run on 4, which nova.conf gives to no guest',
  ])
  expect(
    short(pinsAgree(domain(fitBut("<vcpupin vcpu='2' cpuset='6'/>", '')), cpus('4-7'), undefined))[2],
  ).toEqual(['real-time vCPUs 2 are pinned to no CPU'])
})

test('a domain schedules the vCPUs that its flavor’s mask names', () => {
  const flavor: BootedFlavor = { name: 'rt.large', realtime: cpus('1-3'), pageSizeKib: 1048576 }
  expect(flavorOf(novaDomain())).toBe('rt.large')
  expect(flavorOf(domain(FIT))).toBeUndefined()
  expect(short(maskAgrees(novaDomain(), flavor))).toEqual([
    'fit and flavor rt.large',
    'pass',
    ['real-time vCPUs 1-3 in both'],
    0,
  ])
  expect(short(maskAgrees(novaDomain(), { ...flavor, realtime: cpus('2-3') }))).toEqual([
    'fit and flavor rt.large',
    'fail',
    ['the flavor asks for real-time vCPUs 2-3, the domain schedules 1-3'],
    1,
  ])
  const plain = domain(fitBut("<vcpusched vcpus='1-3' scheduler='fifo' priority='1'/>", ''))
  expect(short(maskAgrees(plain, flavor))[2]).toEqual([
    'the flavor asks for real-time vCPUs 1-3, the domain schedules none',
  ])
})

test('pages are of a size that the host has and the flavor asks for', () => {
  const flavor = (pageSizeKib: number): BootedFlavor => ({ name: 'rt', realtime: cpus('1-3'), pageSizeKib })
  expect(short(pagesAgree(domain(FIT), [2048, 1048576], flavor(1048576)))).toEqual([
    'fit and page sizes',
    'pass',
    ['pages of 1048576 KiB, which the host has and flavor rt asks for'],
    0,
  ])
  expect(short(pagesAgree(domain(FIT), [2048], flavor(2048)))).toEqual([
    'fit and page sizes',
    'fail',
    [
      'the domain wants pages of 1048576 KiB, the host has 2048',
      'the flavor rt does not ask for pages of 1048576 KiB',
    ],
    1,
  ])
  // hw:mem_page_size=large and any
  expect([-2, -3].map((size) => pagesAgree(domain(FIT), [1048576], flavor(size)).state)).toEqual([
    'pass',
    'pass',
  ])
  const small = domain(fitBut(/<hugepages>[\s\S]*<\/hugepages>/, ''))
  expect(short(pagesAgree(small, [1048576], flavor(1048576)))[2]).toEqual([
    'the flavor rt asks for pages of 1048576 KiB, the domain has none',
  ])
})

test('a guest isolates only vCPUs that its domain schedules in real time', () => {
  expect(short(guestAgrees('du-1', cpus('2-3'), domain(FIT)))).toEqual([
    'guest du-1 and domain fit',
    'pass',
    ['the guest isolates 2-3 of the real-time vCPUs 1-3; 1 keep house'],
    0,
  ])
  expect(short(guestAgrees('du-1', cpus('0-3'), domain(FIT)))[2]).toEqual([
    'the guest isolates 0, which are no real-time vCPUs (1-3)',
  ])
  expect(short(guestAgrees('du-1', cpus(''), domain(FIT)))[2]).toEqual([
    'the guest isolates no CPU, the domain has the real-time vCPUs 1-3',
  ])
})
