import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

export interface Answer {
  code: number | null
  stdout: string
  stderr: string
}

export type Env = Record<string, string>

/** A real Keystone and Nova API on loopback, with the environment that names them. */
export interface Cloud {
  env: Env
  authUrl: string
  novaUrl: string
  password: string
  stop(): void
}

export async function startCloud(): Promise<Cloud> {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-cloud-'))
  const [keystone, nova] = [await freePort(), await freePort()]
  const { status, stderr } = spawnSync('scripts/openstack-up', [dir, String(keystone), String(nova)], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  return {
    env: { OS_CLIENT_CONFIG_FILE: join(dir, 'clouds.yaml'), OS_CLOUD: 'rt' },
    authUrl: `http://127.0.0.1:${keystone}/v3`,
    novaUrl: `http://127.0.0.1:${nova}/v2.1`,
    password: 'test-only-password',
    stop() {
      spawnSync('scripts/openstack-down', [dir])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Our program with nothing of the caller's environment; asynchronous, as servers of the test must go on answering. */
export async function quietcore(env: Env, ...args: string[]): Promise<Answer> {
  const child = spawn(process.execPath, ['dist/quietcore.js', ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, ...said }
}

/** The reference client, Debian's. */
export function openstack(env: Env, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('/usr/bin/openstack', args, {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', OS_COMPUTE_API_VERSION: '2.86', ...env },
  })
  expect(status, `openstack ${args.join(' ')}: ${stderr}`).toBe(0)
  return stdout
}

/** The extra specs of a flavor, as the reference client reads them. */
export function propertiesOf(env: Env, flavor: string): Record<string, string> {
  return JSON.parse(openstack(env, 'flavor', 'show', flavor, '-f', 'json')).properties
}
