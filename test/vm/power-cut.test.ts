/**
 * The power goes at random moments of `apply` and of `off`. A cut is SIGKILL of QEMU: what the machine had in its
 * memory is lost. What its disk had acknowledged stays, as on a disk that keeps its write cache: keeping the order of
 * writes within a disk's cache is the kernel's duty (ext4's barriers), having asked for the write is quietcore's.
 *
 * After each cut the boot menu is read by GRUB's own code from the disk as it stands, without replay of the journal.
 * Every third machine really boots, through GRUB, and settles there; of the others the journal is replayed and
 * `quietcore recover --root` settles their files (QUIETCORE_VM_BOOT_EVERY=1 boots all of them).
 */

import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootEntries } from './checks.ts'
import { CutDisk } from './cut-disk.ts'
import { bootedVm } from './driver/booted-vm.ts'
import { pause } from './driver/qemu.ts'
import { runTool } from './driver/tools.ts'
import type { Vm } from './driver/vm.ts'
import { installQuietcore } from './install-quietcore.ts'
import { difference, files, filesUnder } from './machine-state.ts'
import { printConsoleOnFailure } from './print-console.ts'
import { quietcore } from './quietcore-in.ts'

const MENU = '/boot/grub/grub.cfg'
const APPLY = ['apply', 'realtime-virtual-host', '--isolated-cores', '2-3']
const CUTS_EACH = Number(process.env.QUIETCORE_VM_CUTS ?? 20) / 2
const BOOT_EVERY = Number(process.env.QUIETCORE_VM_BOOT_EVERY ?? 3)
const SEED = Number(process.env.QUIETCORE_VM_SEED ?? Date.now() % 1_000_000)
const PROGRAM = fileURLToPath(new URL('../../dist/quietcore.js', import.meta.url))

/** A good state of the machine: its files, and its boot menu. */
interface Good {
  files: string[]
  menu: string
}

describe('the power goes', { timeout: 900_000 }, () => {
  let vm: Vm
  let off: Good
  let applied: Good
  let entries: number
  const durationMs = { apply: 0, off: 0 }
  const interrupted: string[] = []
  const random = randomNumbers(SEED)
  printConsoleOnFailure(() => vm)

  beforeAll(async () => {
    console.log(`QUIETCORE_VM_SEED=${SEED}`)
    vm = await bootedVm()
    await installQuietcore(vm)
    // in the page cache, as on a machine where it runs for the second time
    await quietcore(vm, 'plan', ...APPLY.slice(1))
    await vm.output(['sync'])
    off = await goodState(vm)
    entries = (await bootEntries(vm)).normal.length
    await vm.saveState('off')
    durationMs.apply = await timed(async () => expect((await quietcore(vm, ...APPLY)).exitCode).toBe(0))
    await vm.output(['sync'])
    applied = await goodState(vm)
    await vm.saveState('applied')
    durationMs.off = await timed(async () => expect((await quietcore(vm, 'off')).exitCode).toBe(0))
    expect(difference(off.files, await files(vm))).toEqual([])
    await vm.cutPower()
    console.log(`apply takes ${durationMs.apply} ms, off ${durationMs.off} ms`)
  })

  afterAll(() => vm?.destroy())

  const cuts = (['apply', 'off'] as const).flatMap((operation) =>
    Array.from({ length: CUTS_EACH }, (_, index) => ({
      operation,
      index,
      // one cut in each part of the operation, so that together they fall all over it
      moment: (index + random()) / CUTS_EACH,
      boots: index % BOOT_EVERY === 0,
    })),
  )

  it.each(cuts)('in $operation, at $moment of it: boots: $boots', async ({ operation, moment, boots }) => {
    await vm.start({ fromState: operation === 'apply' ? 'off' : 'applied' })
    const running = quietcore(vm, ...(operation === 'apply' ? APPLY : ['off'])).catch((error: Error) => error)
    await pause(moment * durationMs[operation])
    await vm.cutPower()
    await running
    const disk = await CutDisk.of(vm)
    try {
      await menuIsWhole(disk)
      const settled = boots ? await bootAndSettle() : await settleUnder(disk)
      if (settled.recovered) interrupted.push(operation)
      const state = goodOne(settled.files)
      console.log(
        `${operation} cut at ${Math.round(moment * durationMs[operation])} ms: ${state}, ${settled.said}`,
      )
      if (boots) expect((await bootEntries(vm)).normal).toHaveLength(entries)
    } finally {
      await vm.cutPower()
      await disk.remove()
    }
  })

  it('had work to do after many of them', () => {
    expect(interrupted.filter((operation) => operation === 'apply').length).toBeGreaterThan(CUTS_EACH / 4)
    expect(interrupted.filter((operation) => operation === 'off').length).toBeGreaterThan(CUTS_EACH / 4)
  })

  /** What GRUB finds is one of the two menus, byte for byte, and a whole script. */
  async function menuIsWhole(disk: CutDisk): Promise<void> {
    const menu = await disk.asGrubReads(MENU)
    expect([off.menu, applied.menu]).toContain(menu)
    await runTool(['grub-script-check'], { input: menu })
  }

  async function bootAndSettle(): Promise<Settled> {
    await vm.start()
    expect(vm.console()).toContain('GNU GRUB')
    const { exitCode, stdout, stderr } = await quietcore(vm, 'recover', '--json')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect((await vm.run(['grub-script-check', MENU])).exitCode).toBe(0)
    return { ...answer(stdout), files: await files(vm) }
  }

  async function settleUnder(disk: CutDisk): Promise<Settled> {
    const root = await disk.replayed(['/etc', '/boot', '/var/lib/quietcore'])
    const argv = [PROGRAM, 'recover', '--root', root, '--json']
    const { exitCode, stdout, stderr } = await execa(process.execPath, argv, { reject: false })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return { ...answer(stdout), files: await filesUnder(root) }
  }

  /** Which of the two good states this is, byte for byte. */
  function goodOne(found: string[]): string {
    const [toOff, toApplied] = [difference(off.files, found), difference(applied.files, found)]
    if (toApplied.length === 0) return 'as applied'
    expect(toOff).toEqual([])
    return 'as before'
  }
})

interface Settled {
  recovered: boolean
  said: string
  files: string[]
}

function answer(stdout: string): Omit<Settled, 'files'> {
  const { recovered } = JSON.parse(stdout) as { recovered: { operation: string; undone: unknown[] } | null }
  if (recovered === null) return { recovered: false, said: 'nothing to settle' }
  return {
    recovered: true,
    said: `${recovered.undone.length} changes put back after a cut-short ${recovered.operation}`,
  }
}

async function goodState(vm: Vm): Promise<Good> {
  return { files: await files(vm), menu: await vm.output(['cat', MENU]) }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return Math.round(performance.now() - start)
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
