/**
 * The power goes at random moments of `apply` and of `off`. A cut is SIGKILL of QEMU: what the machine had in its
 * memory is lost. What its disk had acknowledged stays, as on a disk that keeps its write cache: keeping the order of
 * writes within a disk's cache is the kernel's duty (ext4's barriers), having asked for the write is quietcore's.
 *
 * After each cut the boot menu is read by GRUB's own code from the disk as it stands, without replay of the journal.
 * Then the machine really boots, through GRUB, and settles there. With QUIETCORE_VM_BOOT_EVERY=3 only every third does;
 * of the others the journal is replayed and `quietcore recover --root` settles their files.
 */

import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootEntries, sourcedParameters } from './checks.ts'
import { CutDisk } from './cut-disk.ts'
import { freshVm } from './driver/fresh-vm.ts'
import { prepared } from './driver/prepared.ts'
import { pause } from './driver/qemu.ts'
import { runTool } from './driver/tools.ts'
import type { Vm } from './driver/vm.ts'
import { isOver } from './in-time.ts'
import { installedVm } from './installed-vm.ts'
import { difference, files, filesUnder } from './machine-state.ts'
import { quietcore } from './quietcore-in.ts'

const MENU = '/boot/grub/grub.cfg'
const APPLY = ['apply', 'realtime-virtual-host', '--isolated-cores', '2-3']
const CUTS_EACH = Number(process.env.QUIETCORE_VM_CUTS ?? 20) / 2
const BOOT_EVERY = Number(process.env.QUIETCORE_VM_BOOT_EVERY ?? 1)
/** Machines at a time: each keeps one CPU busy. */
const LANES = Number(process.env.QUIETCORE_VM_LANES ?? 2)
/** How much longer an operation takes beside another machine's boot. */
const STRETCH = LANES > 1 ? 1.3 : 1
/** By so much later come the cuts that follow one that came before there was anything to cut short. */
const LATER = 1.2
const SEED = Number(process.env.QUIETCORE_VM_SEED ?? Date.now() % 1_000_000)
const PROGRAM = fileURLToPath(new URL('../../dist/quietcore.js', import.meta.url))

/** A good state of the machine: its files, and its boot menu. */
interface Good {
  files: string[]
  menu: string
}

describe('the power goes', () => {
  const lanes: Vm[] = []
  const free: Vm[] = []
  let off: Good
  let applied: Good
  let entries: number
  /** the two command lines that a whole menu boots */
  let cmdlines: string[]
  /** what the moments are spread over: how long an operation takes, by what is known so far */
  const spanMs = { apply: 0, off: 0 }
  const done: string[] = []
  const interrupted: string[] = []
  const random = randomNumbers(SEED)

  beforeAll(async () => {
    console.log(`QUIETCORE_VM_SEED=${SEED}`)
    if (isOver()) return
    const vm = await prepared(installedVm, keepGoodStates)
    lanes.push(vm)
    while (lanes.length < LANES) lanes.push(await freshVm({ diskFrom: vm.disk }))
    free.push(...lanes)
  })

  afterAll(() => Promise.all(lanes.map((vm) => vm.destroy())))

  const cuts = (['apply', 'off'] as const).flatMap((operation) =>
    Array.from({ length: CUTS_EACH }, (_, index) => ({
      operation,
      index,
      // one cut in each part of the operation, so that together they fall all over it
      moment: (index + random()) / CUTS_EACH,
      boots: index % BOOT_EVERY === 0,
    })),
  )

  it.concurrent.for(cuts)('in $operation, at $moment of it: boots: $boots', async (cut) => {
    // vitest runs as many tests at a time as there are lanes (maxConcurrency)
    while (free.length === 0) await pause(1000)
    const vm = free.pop()!
    try {
      await cutAndSettle(vm, cut)
    } catch (error) {
      console.error(vm.consoleTail())
      throw error
    } finally {
      await vm.cutPower()
      free.push(vm)
    }
  })

  it('had work to do after many of them', ({ skip }) => {
    skip(done.length < 2 * CUTS_EACH, `only ${done.length} cuts were made`)
    expect(interrupted.filter((operation) => operation === 'apply').length).toBeGreaterThan(CUTS_EACH / 4)
    expect(interrupted.filter((operation) => operation === 'off').length).toBeGreaterThan(CUTS_EACH / 4)
  })

  /** Keeps the machine before `apply` and after it, and times the way there and back. */
  async function keepGoodStates(vm: Vm): Promise<void> {
    // in the page cache, as on a machine where it runs for the second time
    await quietcore(vm, 'plan', ...APPLY.slice(1))
    await vm.output(['sync'])
    off = await goodState(vm)
    entries = (await bootEntries(vm)).normal.length
    const cmdline = (await vm.output(['cat', '/proc/cmdline'])).trim()
    await vm.saveState('off')
    const applyMs = await timed(async () => expect((await quietcore(vm, ...APPLY)).exitCode).toBe(0))
    await vm.output(['sync'])
    applied = await goodState(vm)
    cmdlines = [`${cmdline}\n`, `${cmdline} ${await sourcedParameters(vm)}\n`]
    await vm.saveState('applied')
    const offMs = await timed(async () => expect((await quietcore(vm, 'off')).exitCode).toBe(0))
    expect(difference(off.files, await files(vm))).toEqual([])
    await vm.cutPower()
    console.log(`apply takes ${applyMs} ms, off ${offMs} ms`)
    spanMs.apply = applyMs * STRETCH
    spanMs.off = offMs * STRETCH
  }

  async function cutAndSettle(vm: Vm, { operation, moment, boots }: (typeof cuts)[number]): Promise<void> {
    const start = performance.now()
    await vm.start({ fromState: operation === 'apply' ? 'off' : 'applied' })
    // the connection that the operation is given by stands before its time begins
    await vm.output(['true'])
    let endedMs: number | undefined
    const running = timed(() => quietcore(vm, ...(operation === 'apply' ? APPLY : ['off']))).then(
      (tookMs) => {
        endedMs = tookMs
      },
      () => 'cut short',
    )
    const cutMs = Math.round(moment * spanMs[operation])
    await pause(cutMs)
    await vm.cutPower()
    await running
    const disk = await CutDisk.of(vm)
    try {
      await menuIsWhole(disk)
      const settled = boots ? await bootAndSettle(vm) : await settleUnder(disk)
      if (settled.recovered) interrupted.push(operation)
      const state = goodOne(settled.files)
      const isUntouched = !settled.recovered && state === (operation === 'apply' ? 'as before' : 'as applied')
      // the host is faster or slower than when the operations were timed
      if (endedMs !== undefined) spanMs[operation] = endedMs
      else if (isUntouched) spanMs[operation] *= LATER
      done.push(operation)
      const tookS = Math.round((performance.now() - start) / 1000)
      console.log(`${operation} cut at ${cutMs} ms: ${state}, ${settled.said} (${tookS} s)`)
    } finally {
      await disk.remove()
    }
  }

  /** What GRUB finds is one of the two menus, byte for byte, and a whole script. */
  async function menuIsWhole(disk: CutDisk): Promise<void> {
    const menu = await disk.asGrubReads(MENU)
    expect([off.menu, applied.menu]).toContain(menu)
    await runTool(['grub-script-check'], { input: menu })
  }

  async function bootAndSettle(vm: Vm): Promise<Settled> {
    await vm.start()
    expect(vm.console()).toContain('GNU GRUB')
    expect(cmdlines).toContain(await vm.output(['cat', '/proc/cmdline']))
    const { exitCode, stdout, stderr } = await quietcore(vm, 'recover', '--json')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect((await vm.run(['grub-script-check', MENU])).exitCode).toBe(0)
    expect((await bootEntries(vm)).normal).toHaveLength(entries)
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
