import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type HeldFileRef, heldFile, isHeld } from '../../src/knobs/held-file.ts'
import { type MachineDir, machineDir } from '../support/machine-dir.ts'

const PATH = '/dev/cpu_dma_latency'
const REF: HeldFileRef = { knob: 'held-file', path: PATH }
/** 2,000,000,000 µs, the kernel's own value for "no limit" (PM_QOS_CPU_LATENCY_DEFAULT_VALUE) */
const NO_LIMIT = Buffer.from([0x00, 0x94, 0x35, 0x77])

function machine(): MachineDir {
  const made = machineDir({ [PATH]: '' })
  made.ports.root.writeFile(PATH, NO_LIMIT)
  onTestFinished(() => void heldFile.restore(REF, null, null, made.ports))
  return made
}

function holderPid({ read }: MachineDir): number {
  return (JSON.parse(read('/run/quietcore/held-file')) as { pid: number }).pid
}

it('a limit is written as 4 bytes and held open by a process of its own, which the undo ends', async () => {
  const made = machine()
  const { ports, dir } = made
  const before = await heldFile.capture(REF, ports)
  expect(await heldFile.read(REF, ports)).toEqual({ have: '2000000000' })
  const wrote = await heldFile.write(REF, '3', ports)
  const pid = holderPid(made)
  expect(wrote).toEqual({ pid, startTicks: expect.stringMatching(/^\d+$/) })
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toBe('sleep\0infinity\0')
  expect(readlinkSync(`/proc/${pid}/fd/0`)).toBe(join(dir, PATH))
  expect(readFileSync(join(dir, PATH))).toEqual(Buffer.from([3, 0, 0, 0]))
  expect(await heldFile.read(REF, ports)).toEqual({ have: '3' })
  expect(isHeld(ports.root)).toBe(true)
  expect(await heldFile.restore(REF, before, wrote, ports)).toEqual({ outcome: 'restored' })
  expect(isHeld(ports.root)).toBe(false)
  await expect.poll(() => isAlive(pid)).toBe(false)
  expect(readFileSync(join(dir, PATH))).toEqual(NO_LIMIT)
})

it('another limit is held before the first is let go', async () => {
  const made = machine()
  await heldFile.write(REF, '3', made.ports)
  const first = holderPid(made)
  await heldFile.write(REF, '1', made.ports)
  const second = holderPid(made)
  expect(second).not.toBe(first)
  expect(isAlive(second)).toBe(true)
  await expect.poll(() => isAlive(first)).toBe(false)
  expect(await heldFile.read(REF, made.ports)).toEqual({ have: '1' })
})

it('a holder that somebody ended leaves nothing to undo', async () => {
  const made = machine()
  const wrote = await heldFile.write(REF, '3', made.ports)
  const pid = holderPid(made)
  process.kill(pid)
  await expect.poll(() => isAlive(pid)).toBe(false)
  expect(await heldFile.restore(REF, null, wrote, made.ports)).toEqual({ outcome: 'unchanged' })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
