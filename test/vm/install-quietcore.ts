import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Vm } from './driver/vm.ts'
import { VmError } from './driver/vm-error.ts'

const TOP = fileURLToPath(new URL('../../', import.meta.url))
const WRAPPER = `#!/bin/sh
exec /opt/quietcore/node /opt/quietcore/dist/quietcore.js "$@"
`

/**
 * Puts the built program, its profiles and suites, and this machine's own Node into the machine, with a
 * `/usr/bin/quietcore`. Nothing is tuned.
 * @throws VmError `not-built`, or `node-does-not-fit` when the machine lacks a shared library of this Node
 */
export async function installQuietcore(vm: Vm): Promise<void> {
  if (!existsSync(join(TOP, 'dist/quietcore.js')))
    throw new VmError('not-built', 'dist/ is missing: npm run build')
  for (const name of ['dist', 'profiles', 'suites', 'package.json']) {
    await vm.copyIn(join(TOP, name), '/opt/quietcore')
  }
  await vm.copyIn(realpathSync(process.execPath), '/opt/quietcore')
  await requireLibraries(vm, '/opt/quietcore/node')
  await putText(vm, '/usr/bin', 'quietcore', WRAPPER, 0o755)
}

/** Puts a text file into the machine. */
export async function putText(
  vm: Vm,
  folder: string,
  name: string,
  text: string,
  mode = 0o644,
): Promise<void> {
  const here = mkdtempSync(join(tmpdir(), 'quietcore-put-'))
  try {
    writeFileSync(join(here, name), text, { mode })
    await vm.copyIn(join(here, name), folder)
  } finally {
    rmSync(here, { recursive: true })
  }
}

async function requireLibraries(vm: Vm, program: string): Promise<void> {
  const { stdout, stderr } = await vm.run(['ldd', program])
  const missing = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('not found'))
  if (missing.length === 0) return
  throw new VmError(
    'node-does-not-fit',
    `${process.execPath} does not run in the machine:\n${missing.join('\n')}`,
  )
}
