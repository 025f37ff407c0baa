import { expect, it } from 'vitest'
import { MachineError } from '../../src/core/errors.ts'
import type { Ports } from '../../src/host/ports.ts'
import { liveFile } from '../../src/knobs/live-file.ts'
import { machineDir } from '../support/machine-dir.ts'

const PATH = '/proc/irq/0/smp_affinity_list'
const REF = { knob: 'live-file', path: PATH, compare: 'cpulist' } as const

/** A machine whose kernel answers a write with this error, as only a real kernel can. */
function refusing(code: string): Ports {
  const { ports } = machineDir({ [PATH]: '0-3\n' })
  const root = Object.create(ports.root)
  root.writeLive = () => {
    throw new MachineError({ code: 'io', message: `could not write ${PATH}: ${code}`, cause: { code } })
  }
  return { ...ports, root }
}

it.each([
  ['EIO', 'the kernel does not let it be changed (EIO)'],
  ['EPERM', 'the kernel does not let it be changed (EPERM)'],
  ['EINVAL', 'the kernel does not take this value (EINVAL)'],
  ['ENODEV', 'its device or driver is not there (ENODEV)'],
  ['ENOSPC', 'there is no room left for it, such as interrupt vectors on these CPUs (ENOSPC)'],
  ['Unknown system error -524', 'its driver does not support it (ENOTSUPP)'],
])('%s on a write is a refusal with its meaning', (code, meaning) => {
  const write = () => liveFile.write(REF, '0', refusing(code))
  expect(write).toThrow(expect.objectContaining({ name: 'RefusedError', message: `${PATH}: ${meaning}` }))
})

it.each(['EACCES', 'EROFS'])(
  '%s stays an error of the machine, because the operator can act on it',
  (code) => {
    const write = () => liveFile.write(REF, '0', refusing(code))
    expect(write).toThrow(expect.objectContaining({ name: 'MachineError', exitCode: 3 }))
  },
)
