import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { builtPackages } from '../packaging/support/packages.ts'
import type { Vm } from './driver/vm.ts'
import { VmError } from './driver/vm-error.ts'

/** The .deb under test: that of `QUIETCORE_VM_DEB`, else of these sources, built once and kept under .cache. */
export function packageFile(): string {
  const given = process.env.QUIETCORE_VM_DEB
  if (given === undefined) return builtPackages().deb
  if (existsSync(given)) return given
  throw new VmError(
    'no-package',
    `QUIETCORE_VM_DEB names ${given}, which is not there: scripts/package out deb`,
  )
}

/**
 * Installs the package with dpkg, as an administrator does. Nothing is tuned. Answers what dpkg said.
 * @throws VmError `command-failed` with dpkg's words
 */
export async function installQuietcore(vm: Vm): Promise<string> {
  const deb = packageFile()
  await vm.copyIn(deb, '/root')
  const there = `/root/${basename(deb)}`
  const said = await vm.shell(`dpkg --install ${there} 2>&1; rm ${there}`, { timeoutMs: 600_000 })
  // its 105 MiB are in the page cache then, as on a machine where it runs for the second time
  await vm.output(['quietcore', '--version'])
  return said
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
