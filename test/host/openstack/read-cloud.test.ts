import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { QuietcoreError } from '../../../src/core/errors.ts'
import type { Environment } from '../../../src/host/openstack/clouds-yaml.ts'
import { readCloud } from '../../../src/host/openstack/read-cloud.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-clouds-'))
  const auth = '{auth_url: "http://127.0.0.1:5000/v3", username: u, password: p, project_name: p}'
  writeFileSync(join(dir, 'two.yaml'), `clouds:\n  lab: {auth: ${auth}}\n  prod: {auth: ${auth}}\n`)
  writeFileSync(join(dir, 'none.yaml'), 'clouds: {}\n')
})
afterAll(() => rmSync(dir, { recursive: true }))

/** The cloud's origin, or the code of the refusal. */
function origin(env: Environment): string {
  try {
    return readCloud({}, { HOME: dir, ...env }).origin
  } catch (error) {
    if (error instanceof QuietcoreError) return error.code
    throw error
  }
}

test('nothing at all is another thing than a cloud that is asked for, or not chosen', () => {
  const [two, none] = ['two.yaml', 'none.yaml'].map((name) => join(dir, name))
  expect([
    origin({ OS_CLIENT_CONFIG_FILE: none }),
    origin({ OS_CLIENT_CONFIG_FILE: two }),
    origin({ OS_CLIENT_CONFIG_FILE: two, OS_CLOUD: 'lab' }),
    origin({ OS_CLIENT_CONFIG_FILE: two, OS_CLOUD: 'mars' }),
    origin({ OS_CLOUD: 'prod' }),
  ]).toEqual([
    'no-credentials',
    'no-cloud-chosen',
    `cloud 'lab' of ${two}`,
    'unknown-cloud',
    'no-clouds-yaml',
  ])
})
