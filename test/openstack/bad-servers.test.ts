import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Env, quietcore } from './cloud.ts'

const SECRET = 'never-to-be-seen'
const TOKEN = 'gAAAA-the-token'

/** Listens until the test ends. */
async function listen(listener: RequestListener, tls?: { key: Buffer; cert: Buffer }): Promise<string> {
  const server = tls ? createSecureServer(tls, listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function credentials(authUrl: string, more: Env = {}): Env {
  return {
    OS_AUTH_URL: authUrl,
    OS_USERNAME: 'admin',
    OS_PASSWORD: SECRET,
    OS_PROJECT_NAME: 'admin',
    ...more,
  }
}

async function call(env: Env, ...args: string[]) {
  const { code, stdout, stderr } = await quietcore(env, 'nova', 'flavor', ...args, '--json')
  expect(stdout + stderr).not.toContain(SECRET)
  expect(stdout + stderr).not.toContain(TOKEN)
  return { code, answer: JSON.parse(stdout) }
}

async function failure(env: Env, ...args: string[]): Promise<[number | null, string]> {
  const { code, answer } = await call(env, 'verify', ...args)
  return [code, answer.error.code]
}

const answering =
  (status: number, body: string): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(body)
  }

describe('a server that is not as it should be', () => {
  it('is out of order, silent, a web site, or hangs up', async () => {
    expect([
      await failure(credentials(await listen(answering(503, '<h1>Service Unavailable</h1>')))),
      await failure(credentials(await listen(() => {})), '--timeout', '1'),
      await failure(credentials(await listen(answering(200, '<html>welcome</html>')))),
      await failure(credentials(await listen(answering(200, '{"hello": "world"}')))),
      await failure(credentials(await listen((request) => request.socket.destroy()))),
    ]).toEqual([
      [3, 'openstack-unavailable'],
      [3, 'openstack-timeout'],
      [3, 'openstack-garbage'],
      [3, 'openstack-garbage'],
      [3, 'openstack-unreachable'],
    ])
  })

  it('is named without the password and the token that its address holds', async () => {
    const said = async (status: number, body: string) => {
      const url = await listen(answering(status, body))
      const { host } = new URL(url)
      const { answer } = await call(credentials(`http://admin:${SECRET}@${host}/v3?token=${TOKEN}`), 'verify')
      return answer.error.message.replace(host, 'HOST')
    }
    expect([await said(300, '{}'), await said(503, ''), await said(200, '<html>')]).toEqual([
      'Keystone at http://HOST/v3 answered 300 to a request for a token',
      'Keystone at http://HOST/v3 answered 503 to a request for a token',
      'http://HOST/v3/auth/tokens answered 200 with something that is no JSON',
    ])
    const closed = credentials(`http://admin:${SECRET}@127.0.0.1:1/v3?token=${TOKEN}`)
    expect((await call(closed, 'verify')).answer.error.message).toBe(
      'http://127.0.0.1:1/v3/auth/tokens cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
    )
    const endpoint = { OS_COMPUTE_ENDPOINT_OVERRIDE: `admin:${SECRET}@nova` }
    expect((await call(credentials('http://127.0.0.1:1/v3', endpoint), 'verify')).answer.error).toMatchObject(
      {
        code: 'bad-compute-endpoint',
        message: 'the compute_endpoint_override of the OS_* variables is no http or https address',
      },
    )
  })

  it('shows a certificate that does not verify, unless its authority is named', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'quietcore-tls-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
    execFileSync(
      'openssl',
      `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    )
    const url = await listen(answering(503, ''), { key: readFileSync(key), cert: readFileSync(cert) })
    expect(await failure(credentials(url))).toEqual([3, 'openstack-certificate'])
    expect(await failure(credentials(url, { OS_CACERT: cert }))).toEqual([3, 'openstack-unavailable'])
    expect(await failure(credentials(url, { OS_CACERT: join(dir, 'none.pem') }))).toEqual([2, 'bad-cacert'])
  })
})

interface Written {
  method: string
  path: string
  body: string
}

/** A cloud of Queens: microversions up to 2.60, extra specs by themselves, a server in use, a token that ends early. */
async function oldCloud(
  options: {
    expireOnce?: boolean
    flavors?: string
    hidesServers?: boolean
    pages?: boolean
    newest?: string
  } = {},
) {
  const writes: Written[] = []
  let expired = options.expireOnce === true
  const send = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
  const url = await listen(async (request: IncomingMessage, response) => {
    const path = request.url ?? ''
    let body = ''
    for await (const chunk of request) body += chunk
    if (path === '/v3/auth/tokens') {
      const endpoints = [{ region: 'R', interface: 'public', url: `${url}/v2.1/some-project` }]
      return send(
        response,
        201,
        { token: { catalog: [{ type: 'compute', endpoints }] } },
        { 'X-Subject-Token': TOKEN },
      )
    }
    if (request.method !== 'GET') writes.push({ method: request.method!, path, body })
    if (path === '/v2.1/')
      return send(response, 200, { version: { version: options.newest ?? '2.60', min_version: '2.1' } })
    if (expired) {
      expired = false
      return send(response, 401, {
        unauthorized: { message: 'The request you have made requires authentication.' },
      })
    }
    if (path.startsWith('/v2.1/servers') && options.hidesServers) {
      return send(response, 403, { forbidden: { message: 'Policy does not allow this' } })
    }
    if (path.startsWith('/v2.1/servers')) return send(response, 200, { servers: [{ id: 's' }] })
    if (path.endsWith('/os-extra_specs')) {
      return send(response, 200, { extra_specs: { 'hw:cpu_policy': 'dedicated' } })
    }
    if (options.flavors) return response.writeHead(200).end(options.flavors)
    if (options.pages && path === '/v2.1/flavors/detail?is_public=None&marker=1') {
      return send(response, 200, { flavors: [{ id: '2', name: 'rt.next', vcpus: 4, ram: 4096, disk: 0 }] })
    }
    // The server thinks that it has another address than the one it is asked at.
    const next = 'http://nova.invalid/v2.1/flavors/detail?is_public=None&marker=1'
    const links = options.pages ? { flavors_links: [{ rel: 'next', href: next }] } : {}
    return send(response, 200, { ...links, flavors: [{ id: '1', name: 'rt', vcpus: 4, ram: 4096, disk: 0 }] })
  })
  return { env: credentials(url), writes }
}

describe('an old nova', () => {
  it('is spoken to in its own microversion, and it is said that it checks nothing', async () => {
    const { env, writes } = await oldCloud()
    const { code, answer } = await call(env, 'plan', 'rt', '--in-use')
    expect(code).toBe(0)
    expect([answer.microversion, answer.release, answer.flavors[0].set]).toEqual([
      '2.60',
      'queens',
      {
        'hw:cpu_realtime': 'yes',
        'hw:cpu_realtime_mask': '^0-1',
        'hw:mem_page_size': '1GB',
        'quietcore:managed': 'hw:cpu_realtime,hw:cpu_realtime_mask,hw:mem_page_size',
      },
    ])
    expect(answer.warnings.map((one: { code: string }) => one.code)).toEqual([
      'server-does-not-check',
      'flavor-in-use',
    ])
    expect(writes).toEqual([])
  })

  it('is said to check nothing where flavors are verified, too', async () => {
    const { env } = await oldCloud()
    const { answer } = await call(env, 'verify', 'rt')
    const schema = JSON.parse(readFileSync('docs/schema/nova-flavor-verify.schema.json', 'utf8'))
    const valid = new Ajv2020({ allErrors: true, strict: false }).compile(schema)
    expect(valid(answer), JSON.stringify(valid.errors)).toBe(true)
    const message =
      'this nova speaks microversions up to 2.60 and checks no extra spec (that came with 2.86); quietcore checked them itself'
    expect(answer.warnings).toEqual([{ code: 'server-does-not-check', message }])
    const { stdout } = await quietcore(env, 'nova', 'flavor', 'verify', 'rt')
    expect(stdout).toContain(message)
  })

  it('that lists its flavors in pages is asked for all of them, at the address that is known', async () => {
    const { env } = await oldCloud({ pages: true })
    const { answer } = await call(env, 'verify', 'rt', 'rt.next')
    expect(answer.flavors.map(({ name, id }: { name: string; id: string }) => [name, id])).toEqual([
      ['rt', '1'],
      ['rt.next', '2'],
    ])
  })

  it('that may be Victoria is not taken for Ussuri, which ends at the same microversion', async () => {
    const mixed = ['--set', 'hw:cpu_policy=mixed', '--in-use']
    const { env } = await oldCloud({ newest: '2.87' })
    const { code, answer } = await call(env, 'plan', 'rt', ...mixed)
    expect([code, answer.release, answer.flavors?.[0]?.result]).toEqual([0, 'ussuri', 'OK'])
    const train = await oldCloud({ newest: '2.79' })
    const refused = await call(train.env, 'plan', 'rt', ...mixed)
    expect([refused.code, refused.answer.error.code]).toEqual([2, 'bad-extra-spec'])
  })

  it('has a flavor in use changed only when that is asked for', async () => {
    const { env, writes } = await oldCloud()
    const refused = await call(env, 'apply', 'rt')
    expect([refused.code, refused.answer.error.code, writes]).toEqual([2, 'flavor-in-use', []])
    expect((await call(env, 'apply', 'rt', '--in-use')).code).toBe(0)
    expect(writes.map(({ method, path }) => [method, path])).toEqual([
      ['POST', '/v2.1/flavors/1/os-extra_specs'],
    ])
  })

  it('that shows nobody’s servers leaves it open whether the flavor is in use, and that is said', async () => {
    const { env } = await oldCloud({ hidesServers: true })
    const { code, answer } = await call(env, 'plan', 'rt')
    expect([code, answer.warnings.slice(1)]).toEqual([
      0,
      [
        {
          code: 'flavor-use-not-known',
          message:
            'whether servers run with rt is not known: this user may not list the servers of all projects; any there keep the extra specs of their boot until they are resized',
        },
      ],
    ])
  })

  it('gets a new token when the first one ends on the way', async () => {
    const { env } = await oldCloud({ expireOnce: true })
    expect((await call(env, 'plan', 'rt', '--in-use')).code).toBe(0)
    const ended = await oldCloud({ expireOnce: true })
    const byToken = { OS_AUTH_URL: ended.env.OS_AUTH_URL!, OS_TOKEN: TOKEN, OS_PROJECT_NAME: 'admin' }
    const { code, answer } = await call(byToken, 'plan', 'rt')
    expect([code, answer.error.code]).toEqual([2, 'token-expired'])
  })

  it('that answers nonsense instead of flavors is not taken for one without flavors', async () => {
    const { env } = await oldCloud({ flavors: '{"flavors": [{"vcpus": 3}]}' })
    const { code, answer } = await call(env, 'verify')
    expect([code, answer.error.code]).toEqual([3, 'openstack-garbage'])
  })
})
