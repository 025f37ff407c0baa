import { expect, it } from 'vitest'
import { WorkQueue } from '../../src/daemon/work-queue.ts'

function open(): {
  queue: WorkQueue
  gate: () => void
  done: string[]
  work: (name: string) => () => Promise<string>
} {
  const queue = new WorkQueue(() => performance.now())
  const done: string[] = []
  let gate = () => {}
  const held = new Promise<void>((resolve) => {
    gate = resolve
  })
  const work = (name: string) => async () => {
    if (name === 'held') await held
    done.push(name)
    return name
  }
  return { queue, gate, done, work }
}

it('does one piece after the other, and a thousand equal ones that wait are one', async () => {
  const { queue, gate, done, work } = open()
  const first = queue.add('reload', work('held'))
  await Promise.resolve()
  const more = Array.from({ length: 1000 }, () => queue.add('reload', work('reload')))
  const verify = queue.add('verify', work('verify'))
  gate()
  expect(await Promise.all([first, verify, ...more])).toEqual(['held', 'verify', ...more.map(() => 'reload')])
  expect(done).toEqual(['held', 'reload', 'verify'])
})

it('work without a key is each done', async () => {
  const { queue, done, work } = open()
  await Promise.all([queue.add(undefined, work('a')), queue.add(undefined, work('a'))])
  expect(done).toEqual(['a', 'a'])
})

it('goes on after work that failed, and tells only who asked for it', async () => {
  const { queue, work } = open()
  const failing = queue.add(undefined, () => Promise.reject(new Error('no')))
  const next = queue.add(undefined, work('next'))
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('next')
})

it('closed, lets the work under way end and refuses what waits and what comes', async () => {
  const { queue, gate, done, work } = open()
  const running = queue.add(undefined, work('held'))
  await Promise.resolve()
  const waiting = queue.add(undefined, work('waits'))
  const refused = expect(waiting).rejects.toMatchObject({ code: 'service-stops' })
  const closed = queue.close()
  await expect(queue.add(undefined, work('late'))).rejects.toMatchObject({ code: 'service-stops' })
  gate()
  await Promise.all([closed, refused])
  expect([await running, done]).toEqual(['held', ['held']])
})

it('says how long the work under way has been going on', async () => {
  let nowMs = 1000
  const queue = new WorkQueue(() => nowMs)
  expect(queue.busyMs).toBe(0)
  let finish = () => {}
  const work = queue.add(undefined, () => new Promise<void>((resolve) => (finish = resolve)))
  await Promise.resolve()
  await Promise.resolve()
  nowMs += 250
  expect(queue.busyMs).toBe(250)
  finish()
  await work
  await Promise.resolve()
  expect(queue.busyMs).toBe(0)
})
