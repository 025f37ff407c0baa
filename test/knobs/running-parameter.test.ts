import { describe, expect, test } from 'vitest'
import { RefusedError } from '../../src/knobs/knob.ts'
import { runningParameter } from '../../src/knobs/running-parameter.ts'
import { madeRoot } from '../boot/support/made-root.ts'
import { portsFor } from '../boot/support/ports.ts'

const ports = (line: string) => portsFor(madeRoot({ '/proc/cmdline': `${line}\n` }))
const ref = (wanted: string) => ({ knob: 'running-parameter', wanted }) as const

describe('a parameter of the running kernel', () => {
  test.each([
    [
      'ro isolcpus=domain,managed_irq,2,3',
      'isolcpus=managed_irq,domain,2-3',
      'isolcpus=managed_irq,domain,2-3',
    ],
    ['ro isolcpus=1 isolcpus=2-3', 'isolcpus=2-3', 'isolcpus=1'],
    ['ro nohz=off nohz=on', 'nohz=on', 'nohz=on'],
    ['ro nohz=on nohz=off', 'nohz=on', 'nohz=off'],
    ['console=tty0 console=ttyS0', 'console=tty0', 'console=tty0'],
    [
      'hugepagesz=2M hugepages=64 hugepagesz=1G hugepages=8',
      'hugepagesz=1G hugepages=8',
      'hugepagesz=1G hugepages=8',
    ],
    ['hugepagesz=2M hugepages=8', 'hugepagesz=1G hugepages=8', ''],
    ['ro -- nosmt', 'nosmt', ''],
    ['ro', 'nosmt', ''],
  ])('with %s, asked for %s, is %j', (line, wanted, have) => {
    expect(runningParameter.read(ref(wanted), ports(line))).toEqual({ have })
  })

  test('cannot be written, and nothing can be read where there is no /proc/cmdline', () => {
    expect(() => runningParameter.write(ref('nosmt'), 'nosmt', ports('ro'))).toThrow(RefusedError)
    expect(runningParameter.read(ref('nosmt'), portsFor(madeRoot({})))).toEqual({
      unreadable: '/proc/cmdline is not there',
    })
  })
})
