import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idle, type Reply, raw, request } from './client.ts'
import { type Served, served } from './control-machine.ts'

async function isServed({ socket }: Served): Promise<void> {
  const { status } = await request(socket, 'GET', '/v1/status')
  expect(status).toBe(200)
}

const firstLine = (text: string) => text.split('\r\n', 1)[0]
const ended = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

describe('the service goes on and serves others', () => {
  const nonsense: [string, string | Buffer, RegExp][] = [
    ['garbage', Buffer.from([0, 255, 1, 254, 13, 10, 13, 10]), /^HTTP\/1\.1 400 Bad Request$/],
    ['HTTP/9.9', 'GET /v1/status HTTP/9.9\r\n\r\n', /^HTTP\/1\.1 400 Bad Request$/],
    ['a TLS hello', Buffer.from('16030100a5010000a10303', 'hex'), /^HTTP\/1\.1 400 Bad Request$/],
    [
      'two lengths',
      'POST /v1/off HTTP/1.1\r\nHost: q\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      /^HTTP\/1\.1 400/,
    ],
    [
      'a length and chunks',
      'POST /v1/off HTTP/1.1\r\nHost: q\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
      /^HTTP\/1\.1 400/,
    ],
    [
      'broken chunks',
      'POST /v1/off HTTP/1.1\r\nHost: q\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      /^HTTP\/1\.1 400/,
    ],
    ['no host', 'GET /v1/status HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400/],
    [
      'endless headers',
      `GET / HTTP/1.1\r\nX: ${'a'.repeat(100_000)}`,
      /^HTTP\/1\.1 431 Request Header Fields Too Large$/,
    ],
    ['a tunnel', 'CONNECT /v1/status HTTP/1.1\r\nHost: q\r\n\r\n', /^$/],
    [
      'another protocol',
      'GET /v1/status HTTP/1.1\r\nHost: q\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      /^HTTP\/1\.1 200 OK$/,
    ],
    [
      'a whole address',
      'GET http://elsewhere/v1/status HTTP/1.1\r\nHost: q\r\n\r\n',
      /^HTTP\/1\.1 404 Not Found$/,
    ],
    [
      'a question with a body',
      'GET /v1/status HTTP/1.1\r\nHost: q\r\nContent-Length: 2\r\n\r\n{}',
      /^HTTP\/1\.1 200 OK$/,
    ],
  ]
  it.each(nonsense)('after %s', async (_, bytes, answer) => {
    const one = await served()
    expect(firstLine(await raw(one.socket, bytes))).toMatch(answer)
    await isServed(one)
    expect(one.service.calls).toEqual([])
    expect(one.logged).toEqual([])
  })

  it('after whatever bytes', async () => {
    const one = await served()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        const socket = await idle(one.socket)
        socket.on('error', () => {})
        socket.end(Buffer.from(bytes))
        socket.resume()
        await ended(socket)
      }),
      { numRuns: 300 },
    )
    await isServed(one)
    expect([one.service.calls, one.logged]).toEqual([[], []])
  })

  it('after clients that left in the middle of a request, and while they wait for the answer', async () => {
    const one = await served()
    let open = () => {}
    one.service.gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const requests = [
      'GET /v1/sta',
      'POST /v1/off HTTP/1.1\r\nHost: q\r\nContent-Length: 9\r\n\r\n{',
      'POST /v1/off HTTP/1.1\r\nHost: q\r\nContent-Length: 2\r\n\r\n{}',
    ]
    for (const text of requests) {
      const socket = await idle(one.socket)
      socket.write(text)
      await new Promise((resolve) => setTimeout(resolve, 50))
      socket.destroy()
    }
    await isServed(one)
    open()
    expect(one.service.calls).toEqual(['off'])
    await isServed(one)
    expect(one.logged).toEqual([])
  })

  it('with a body of 10 MB, which is refused and not kept', async () => {
    const one = await served()
    const body = Buffer.alloc(10 << 20, 32)
    await growsLessThan(60, async () => {
      const replies = await Promise.all(
        Array.from({ length: 10 }, () => request(one.socket, 'POST', '/v1/apply', body)),
      )
      expect(replies.map(({ status, text }) => [status, JSON.parse(text).error])).toEqual(
        Array(10).fill([
          413,
          { code: 'body-too-large', message: 'the body has 10485760 bytes, more than 65536' },
        ]),
      )
      await isServed(one)
    })
  })

  it('with requests in one stroke behind the first: they are refused', async () => {
    const one = await served()
    const off = 'POST /v1/off HTTP/1.1\r\nHost: q\r\nContent-Length: 2\r\n\r\n{}'
    await raw(one.socket, off.repeat(10_000))
    await isServed(one)
    expect(one.service.calls).toEqual(['off'])
  })

  it('with more orders than can wait: the others are told, and questions are answered', async () => {
    const one = await served()
    let open = () => {}
    one.service.gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const told: Reply[] = []
    const orders = Array.from({ length: 60 }, async () => {
      const reply = await request(one.socket, 'POST', '/v1/verify')
      told.push(reply)
      return reply
    })
    await expect.poll(() => told.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(44)
    await isServed(one)
    expect(told.map(({ status }) => status)).toEqual(Array(44).fill(503))
    expect(JSON.parse(told[0]!.text).error.code).toBe('service-busy')
    open()
    const all = await Promise.all(orders)
    expect(all.filter(({ status }) => status === 200).length).toBe(16)
  })

  it('with 10,000 requests, and has not grown', async () => {
    const one = await served()
    const ask = async (count: number) => {
      for (let left = count; left > 0; left--) await isServed(one)
    }
    await Promise.all(Array.from({ length: 20 }, () => ask(50)))
    await growsLessThan(60, () => Promise.all(Array.from({ length: 20 }, () => ask(500))))
  })

  it('with 1,000 connections that say nothing: the oldest go', async () => {
    const one = await served()
    const open = new Set<Socket>()
    for (let count = 0; count < 1000; count++) {
      const socket = await idle(one.socket)
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => open.delete(socket))
      socket.resume()
    }
    await isServed(one)
    await expect.poll(() => open.size, { timeout: 60_000 }).toBeLessThanOrEqual(128)
    expect(open.size).toBeGreaterThan(100)
    await Promise.all([...open].map(ended))
  })

  it('with clients that never read, and lets them go after ten seconds', async () => {
    const one = await served()
    const long = 'x'.repeat(4 << 20)
    one.service.change({
      problems: [{ code: 'bad-suite', message: long, since: '2026-11-22T20:00:00.000Z' }],
    })
    let mute: Socket[] = []
    let started = 0
    await growsLessThan(60, async () => {
      for (const socket of mute) socket.destroy()
      await expect.poll(pipes, { timeout: 30_000 }).toBeLessThan(OWN_PIPES)
      started = performance.now()
      mute = await Promise.all(Array.from({ length: 50 }, () => idle(one.socket)))
      await expect.poll(pipes, { timeout: 30_000 }).toBeGreaterThanOrEqual(100)
      for (const socket of mute) {
        socket.pause()
        socket.on('error', () => {})
        socket.write('GET /v1/status HTTP/1.1\r\nHost: q\r\n\r\n')
      }
      await isServed(one)
    })
    await expect.poll(pipes, { timeout: 60_000 }).toBeLessThan(50 + OWN_PIPES)
    expect(performance.now() - started).toBeGreaterThan(9_000)
    for (const socket of mute) socket.destroy()
    await isServed(one)
  })

  it('with clients that never end their request, and lets them go after ten seconds', async () => {
    const one = await served()
    const started = performance.now()
    const halves = await Promise.all(Array.from({ length: 5 }, () => idle(one.socket)))
    const request = 'POST /v1/off HTTP/1.1\r\nHost: q\r\nContent-Length: 1000\r\n\r\n'
    const old = await idle(one.socket)
    old.write('GET /v1/status\r\n') // HTTP/0.9
    const drips = halves.map((socket) => {
      socket.on('error', () => {})
      socket.write(request)
      // A byte now and then is no reason to wait longer.
      return setInterval(() => socket.write(' '), 500)
    })
    await isServed(one)
    await Promise.all([old, ...halves].map(ended))
    for (const drip of drips) clearInterval(drip)
    expect(performance.now() - started).toBeGreaterThan(9_000)
    expect(performance.now() - started).toBeLessThan(60_000)
    expect(one.service.calls).toEqual([])
  })
})

/**
 * Does the work, and once more when this process, which is client and service, has grown by so many MB: what is kept
 * grows it again, what the collector has not freed yet does not.
 */
async function growsLessThan(mb: number, work: () => Promise<unknown>): Promise<void> {
  const grown = async () => {
    const before = process.memoryUsage.rss()
    await work()
    return (process.memoryUsage.rss() - before) / (1 << 20)
  }
  const first = await grown()
  if (first >= mb) expect(await grown(), `after ${first} MB`).toBeLessThan(mb)
}

/** More than vitest itself has, to its main process and for its output. */
const OWN_PIPES = 10

/** Ends of UNIX sockets in this process, which is client and service. */
function pipes(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length
}
