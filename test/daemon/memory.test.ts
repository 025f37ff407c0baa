import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { serviceMachine, startDaemon, until } from '../support/daemon.ts'

/** As many as one likes: a thousand were tried (docs/service.md), and take ten minutes. */
const RELOADS = Number(process.env.QUIETCORE_RELOADS ?? 60)
/**
 * The packaged executable instead of the build in dist/. Its Node 24 gives back at once what a reload left; Node 20 lets
 * some hundred reloads gather up to 8 MB before it does, so that more of them want the executable.
 */
const EXECUTABLE = process.env.QUIETCORE_EXECUTABLE
/** What comes and goes with the collector, KiB, in the median of some looks. */
const NOISE_KIB = 3000
const LOOKS = 20

it('the service takes no more memory and no more descriptors after many reloads than after few', {
  timeout: 60_000 + 2 * RELOADS * 4000,
}, async () => {
  const machine = serviceMachine()
  const daemon = await startDaemon(machine, EXECUTABLE ? { program: [EXECUTABLE] } : {})
  await daemon.readyTimes(1)
  const reloads = () =>
    daemon.log().filter((line) => line.includes('the configuration was read again')).length
  const memoryKib = () =>
    Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))![1])
  const descriptors = () => readdirSync(`/proc/${daemon.pid}/fd`).length
  const kib: number[] = []
  const open: number[] = []
  const reload = async () => {
    for (let left = RELOADS; left > 0; left--) {
      const next = reloads() + 1
      daemon.signal('SIGHUP')
      await until(() => reloads() >= next, `reload ${next}`)
      kib.push(memoryKib())
      open.push(descriptors())
    }
  }
  await reload()
  const few = (looks: readonly number[]) => median(looks.slice(LOOKS / 2, LOOKS * 1.5))
  const many = (looks: readonly number[]) => median(looks.slice(-LOOKS))
  console.log(
    `after some ${LOOKS} reloads ${few(kib)} KiB of its own and ${few(open)} descriptors, ` +
      `after ${RELOADS} ${many(kib)} KiB and ${many(open)}`,
  )
  if (many(kib) >= few(kib) + NOISE_KIB) {
    // A leak grows by as much again, what the collector has not given back yet does not.
    const before = many(kib)
    await reload()
    console.log(`after as many again ${many(kib)} KiB and ${many(open)} descriptors`)
    expect(many(kib)).toBeLessThan(before + NOISE_KIB)
  }
  // Some looks come before the pipes of the last piece of work are closed.
  await expect.poll(descriptors, { timeout: 60_000 }).toBeLessThanOrEqual(few(open))
})

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
