import { commandLineLimitBytes } from '../core/cmdline/length.ts'
import { MachineError } from '../core/errors.ts'
import type { Ports, Root } from '../host/ports.ts'
import { ADDED_PARAMETERS_FILE } from './added-parameters.ts'
import { isRescue } from './bls.ts'
import type { BootLoader } from './loader.ts'
import {
  administratorOf,
  kernelCmdlineFile,
  type OptionFile,
  oursIn,
  planChanges,
  writeChanges,
} from './option-files.ts'

/** Where systemd-boot's partition is mounted (bootctl --print-boot-path; boot loader specification). */
const BOOT_FOLDERS = ['/boot', '/efi', '/boot/efi']
const TIMEOUT_MS = 600_000

/**
 * systemd-boot, and unified kernel images made by kernel-install(8).
 *
 * Entries of type 1 (`loader/entries/*.conf`) are text: their `options` line is edited, so undo is exact. A unified
 * image has its command line inside: it is built again with `kernel-install add VERSION IMAGE` for each installed
 * kernel, which every version of systemd knows (`add-all` only came with 255). /etc/kernel/cmdline is edited when it
 * is there and never made: kernel-install takes it *instead of* the running line, so one with our parameters alone
 * would lose `root=`.
 */
export const kernelInstall: BootLoader = {
  name: 'kernel-install',
  limitBytes: commandLineLimitBytes,
  addsMissingOnly: true,
  matches: (root) =>
    entries(root).length > 0 || (unifiedImages(root).length > 0 && kernelCmdlineFile(root).length > 0),
  administrator: ({ root }) => administratorOf(root, optionFiles(root), {}),
  ours: ({ root }) => oursIn(root, optionFiles(root), {}),
  warnings: ({ root }) =>
    unifiedImages(root).length > 0 && kernelCmdlineFile(root).length === 0
      ? [
          {
            code: 'boot-image-not-covered',
            message: `${unifiedImages(root)[0]} has its command line inside and there is no /etc/kernel/cmdline to build it from: it keeps the parameters it has`,
          },
        ]
      : [],
  touches: ({ root }) => [...optionFiles(root).map(({ path }) => path), ADDED_PARAMETERS_FILE],
  write: (parameters, ports) => setParameters(parameters, ports),
  clear: (ports) => setParameters('', ports),
  rebuild: (ports) => buildUnifiedImages(ports),
}

async function setParameters(parameters: string, ports: Ports): Promise<string[]> {
  const { root } = ports
  writeChanges(ports, planChanges(root, optionFiles(root), parameters, {}))
  const notes = await buildUnifiedImages(ports)
  if (parameters === '' || root.exists('/etc/kernel/cmdline')) return notes
  return [
    ...notes,
    'There is no /etc/kernel/cmdline: a kernel that is installed later takes its parameters from the running one.',
  ]
}

async function buildUnifiedImages({ root, runner }: Ports): Promise<string[]> {
  if (unifiedImages(root).length === 0 || kernelCmdlineFile(root).length === 0) return []
  if (runner.find('kernel-install') === undefined) {
    return [
      'The unified kernel images were not built again: there is no kernel-install here. Run it on that machine.',
    ]
  }
  for (const image of root.glob('/usr/lib/modules/*/vmlinuz')) {
    const version = image.split('/').at(-2)!
    const { exitCode, stderr } = await runner.run(['kernel-install', 'add', version, image], {
      timeoutMs: TIMEOUT_MS,
    })
    if (exitCode === 0) continue
    throw new MachineError({
      code: 'kernel-install-failed',
      message: `kernel-install could not build the image of ${version} (exit ${exitCode ?? 'by a signal or time-out'}): ${stderr.trim().split('\n').at(-1) || 'it said nothing'}`,
      next: `Run 'kernel-install add ${version} ${image}' by hand to see why; /etc/kernel/cmdline has the new parameters.`,
    })
  }
  return []
}

function optionFiles(root: Root): OptionFile[] {
  return [...entries(root), ...kernelCmdlineFile(root)]
}

function entries(root: Root): OptionFile[] {
  return BOOT_FOLDERS.flatMap((folder) => root.glob(`${folder}/loader/entries/*.conf`)).flatMap(
    (path): OptionFile[] => {
      const text = root.readTextIfThere(path) ?? ''
      return isRescue(path, text) ? [] : [{ path, format: 'entry', text }]
    },
  )
}

function unifiedImages(root: Root): string[] {
  return BOOT_FOLDERS.flatMap((folder) => root.glob(`${folder}/EFI/Linux/*.efi`))
}
