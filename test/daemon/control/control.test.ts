import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openControl } from '../../../src/daemon/control/open-control.ts'
import { openPorts } from '../../../src/engine/open-ports.ts'
import { askService } from '../../../src/host/control/ask-service.ts'
import { openRoot } from '../../../src/host/root.ts'
import { listTree } from '../../support/tree.ts'
import { request } from './client.ts'
import { host, served } from './control-machine.ts'
import { makeService } from './made-service.ts'

const json = (text: string) => JSON.parse(text)

describe('the control socket', () => {
  it('belongs to its owner alone from the moment that it is there, and goes with the service', async () => {
    const dir = host()
    const seen: string[] = []
    const before = process.umask()
    const opened = served(dir)
    // bind(2) is called inside openControl's first turn: nobody ever finds another mode.
    const socket = join(dir, 'run/quietcore/control.sock')
    if (existsSync(socket)) seen.push((statSync(socket).mode & 0o777).toString(8))
    const { close } = await opened
    seen.push((statSync(socket).mode & 0o777).toString(8))
    expect(seen).toEqual(['600', '600'])
    expect(process.umask()).toBe(before)
    await close()
    expect(readdirSync(join(dir, 'run/quietcore'))).toEqual([])
  })

  it('answers the status as it is', async () => {
    const { socket, service } = await served()
    const { status, headers, text } = await request(socket, 'GET', '/v1/status')
    expect([status, headers['content-type'], headers.connection]).toEqual([
      200,
      'application/json; charset=utf-8',
      'close',
    ])
    expect(json(text)).toEqual({ schemaVersion: 1, ...service.snapshot() })
  })

  it('applies, verifies and takes back as the command line does', async () => {
    const { dir, socket } = await served()
    const before = listTree(dir)
    const applied = await request(
      socket,
      'POST',
      '/v1/apply',
      '{"profile":"realtime","overrides":{"isolated_cores":"2-3"}}',
    )
    expect([applied.status, json(applied.text).profile, json(applied.text).rebootNeeded]).toEqual([
      200,
      'realtime',
      true,
    ])
    expect(listTree(dir)).not.toEqual(before)
    const verified = await request(socket, 'POST', '/v1/verify')
    expect(json(verified.text).verified).toMatchObject({ profile: 'realtime', state: 'pending-reboot' })
    const off = await request(socket, 'POST', '/v1/off', '{}')
    expect([off.status, json(off.text).profile]).toEqual([200, 'realtime'])
    expect(listTree(dir)).toEqual(before)
  })

  it('reloads, starts and stops runs', async () => {
    const { socket, service } = await served()
    const answers = [
      await request(socket, 'POST', '/v1/reload'),
      await request(socket, 'POST', '/v1/validate', '{"suite":"nightly"}'),
      await request(socket, 'POST', '/v1/validate/stop', '{"suite":"nightly"}'),
    ]
    expect(answers.map(({ text }) => json(text))).toEqual([
      { schemaVersion: 1, problems: [] },
      { schemaVersion: 1, unit: 'quietcore-validate@nightly.service' },
      { schemaVersion: 1 },
    ])
    expect(service.calls).toEqual(['reload', 'start nightly', 'stop nightly'])
  })

  const refused: [string, string, string, string | undefined, number, string][] = [
    ['an unknown profile', 'POST', '/v1/apply', '{"profile":"frob"}', 422, 'unknown-profile'],
    ['no profile', 'POST', '/v1/apply', '{}', 400, 'bad-request'],
    [
      'a field that there is not',
      'POST',
      '/v1/apply',
      '{"profile":"latency","force":true}',
      400,
      'bad-request',
    ],
    [
      'a folder of the shell’s',
      'POST',
      '/v1/apply',
      '{"profile":"x","profileDirs":["mine"]}',
      400,
      'bad-request',
    ],
    ['a suite that is a path', 'POST', '/v1/validate', '{"suite":"../../etc/passwd"}', 400, 'bad-request'],
    ['a suite that is an option', 'POST', '/v1/validate', '{"suite":"-now"}', 400, 'bad-request'],
    ['what is no JSON', 'POST', '/v1/off', '{', 400, 'bad-json'],
    ['JSON that is no object', 'POST', '/v1/off', '[1]', 400, 'bad-request'],
    ['an unknown route', 'GET', '/v2/status', undefined, 404, 'unknown-route'],
    ['the wrong method', 'DELETE', '/v1/status', undefined, 405, 'wrong-method'],
    ['a question where an order is', 'GET', '/v1/off', undefined, 405, 'wrong-method'],
    ['an order where a question is', 'POST', '/metrics', undefined, 405, 'wrong-method'],
  ]
  it.each(refused)(
    'refuses %s with a fitting status and changes nothing',
    async (_, method, path, body, status, code) => {
      const { dir, socket, service } = await served()
      const before = listTree(dir)
      const reply = await request(socket, method, path, body)
      expect([reply.status, json(reply.text).error.code]).toEqual([status, code])
      expect(json(reply.text).exitCode).toBe(2)
      expect(service.calls.filter((call) => call !== 'apply frob')).toEqual([])
      expect(listTree(dir)).toEqual(before)
    },
  )

  it('says which methods there are', async () => {
    const { socket } = await served()
    const { headers, text } = await request(socket, 'PUT', '/v1/off')
    expect(headers.allow).toBe('POST')
    expect(json(text)).toEqual({
      schemaVersion: 1,
      error: { code: 'wrong-method', message: 'PUT is not possible here', next: 'Use POST.' },
      exitCode: 2,
    })
  })

  it('answers 409 while another process changes the machine, and does it afterwards', async () => {
    const { dir, socket } = await served()
    const holder = await lockHolder(dir)
    const locked = await request(socket, 'POST', '/v1/apply', '{"profile":"latency"}')
    expect([locked.status, json(locked.text).error.code, json(locked.text).exitCode]).toEqual([
      409,
      'locked',
      3,
    ])
    await holder.end()
    expect((await request(socket, 'POST', '/v1/apply', '{"profile":"latency"}')).status).toBe(200)
  })
})

describe('a socket that is there already', () => {
  it('of a service that was killed is replaced', async () => {
    const dir = host()
    const path = join(dir, 'run/quietcore/control.sock')
    mkdirSync(dirname(path), { recursive: true })
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    await new Promise((resolve) => spawn(process.execPath, ['-e', script]).on('close', resolve))
    expect(existsSync(path)).toBe(true)
    expect(await askService(openRoot(dir), { method: 'GET', path: '/v1/status' })).toBeUndefined()
    const { socket } = await served(dir)
    expect((await request(socket, 'GET', '/v1/status')).status).toBe(200)
    expect(readdirSync(dirname(path)).sort()).toEqual(['control.sock'])
  })

  it('of a service that lives is left alone', async () => {
    const { dir, socket } = await served()
    const second = openControl(makeService(dir), openPorts(dir))
    await expect(second).rejects.toMatchObject({ code: 'service-runs', exitCode: 3 })
    expect((await request(socket, 'GET', '/v1/status')).status).toBe(200)
  })

  it('is taken by one of many services that start at once', async () => {
    const dir = host()
    const opened = await Promise.allSettled(
      Array.from({ length: 8 }, () => openControl(makeService(dir), openPorts(dir))),
    )
    const won = opened.filter((one) => one.status === 'fulfilled')
    onTestFinished(async () => {
      for (const { value } of won) await value.close()
    })
    expect(won.length).toBe(1)
    expect(opened.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toEqual(
      Array(7).fill('service-runs'),
    )
  })
})

describe('a client', () => {
  const status = { method: 'GET', path: '/v1/status' } as const

  it('finds no service where there is no socket', async () => {
    expect(await askService(openRoot(host()), status)).toBeUndefined()
  })

  it('says who may ask, when it may not', async () => {
    const { dir, socket } = await served()
    // uid 65534 cannot open a socket of mode 0600 that is root's
    chownSync(socket, 0, 0)
    for (let folder = dirname(socket); folder.length >= dir.length; folder = dirname(folder))
      chmodSync(folder, 0o755)
    process.seteuid!(65534)
    try {
      await expect(askService(openRoot(dir), status)).rejects.toMatchObject({
        code: 'service-forbidden',
        exitCode: 3,
      })
    } finally {
      process.seteuid!(0)
    }
  })

  it('does not wait for ever for a service that hangs', async () => {
    const dir = host()
    mkdirSync(join(dir, 'run/quietcore'), { recursive: true })
    const mute = createServer(() => {}).listen(join(dir, 'run/quietcore/control.sock'))
    onTestFinished(() => {
      mute.closeAllConnections()
      mute.close()
    })
    await expect(askService(openRoot(dir), { ...status, timeoutMs: 500 })).rejects.toMatchObject({
      code: 'service-silent',
      exitCode: 3,
    })
  })

  it('says so when the service ends under it, or answers something else', async () => {
    const dir = host()
    mkdirSync(join(dir, 'run/quietcore'), { recursive: true })
    const odd = createServer((request, response) =>
      request.url === '/v1/status' ? response.end('<html>') : request.socket.destroy(),
    ).listen(join(dir, 'run/quietcore/control.sock'))
    onTestFinished(() => void odd.close())
    await expect(askService(openRoot(dir), status)).rejects.toMatchObject({ code: 'service-answer' })
    const post = askService(openRoot(dir), { method: 'POST', path: '/v1/off' })
    await expect(post).rejects.toMatchObject({ code: 'service-lost' })
  })
})

/** Another process that holds the lock, as `quietcore apply` does. */
async function lockHolder(dir: string): Promise<{ end(): Promise<void> }> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' })
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
  const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  const lock = join(dir, 'run/quietcore/lock')
  writeFileSync(
    lock,
    JSON.stringify({ pid: child.pid, startTicks, command: 'apply', since: '2026-11-22T20:00:00.000Z' }),
  )
  return {
    end: () =>
      new Promise((resolve) => {
        child.on('close', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}
