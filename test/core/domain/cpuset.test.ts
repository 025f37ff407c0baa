import { describe, expect, it } from 'vitest'
import { parseDomain } from '../../../src/core/domain/parse-domain.ts'
import { parseXml } from '../../../src/core/domain/parse-xml.ts'
import { fitBut } from '../../support/domains.ts'

describe('CPU lists', () => {
  // Each answer is libvirt 9's own, by `virsh -c test:///default define` and `dumpxml`.
  it.each([
    ['0-3,^2', '0-1,3'],
    ['^2,0-3', '0-3'],
    ['0-3,', '0-3'],
    [' 1 , 2 ', '1-2'],
    ['0 - 3', '0-3'],
    ['007', '7'],
    ['1-1', '1'],
  ])('%o are %s, as libvirt reads them', (text, cpus) => {
    const xml = fitBut("cpuset='0-1'/>", `cpuset='${text}'/>`)
    expect(parseDomain(parseXml(xml, 'f'), 'f').emulatorPin?.toString()).toBe(cpus)
  })

  it.each([',1', '1,,2', '0-3,^1-2', '3-1', '^0', '', '1 2', '0x3', '1-', '2;3', '70000'])(
    '%o are refused, as libvirt does',
    (text) => {
      const xml = fitBut("cpuset='0-1'/>", `cpuset='${text}'/>`)
      expect(() => parseDomain(parseXml(xml, 'f'), 'f')).toThrow(/the CPU list/)
    },
  )
})
