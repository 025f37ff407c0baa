import { commandLineLimitBytes } from '../core/cmdline/length.ts'
import { parameterPositions } from '../core/cmdline/parse.ts'
import type { Ports, Root } from '../host/ports.ts'
import { ADDED_PARAMETERS_FILE, writeAdded } from './added-parameters.ts'
import { GRUB_DEFAULTS } from './grub-variables.ts'
import { grubbyCanCarry, grubbyKernel } from './grubby.ts'
import type { BootLoader, ParameterOrigin } from './loader.ts'
import {
  administratorOf,
  kernelCmdlineFile,
  type OptionChange,
  type OptionFile,
  oursIn,
  planChanges,
  type Variables,
  writeChanges,
} from './option-files.ts'
import { entryValue } from './option-lines.ts'

const ENTRIES = '/boot/loader/entries'
const ENVIRONMENTS = ['/boot/grub2/grubenv', '/boot/grub/grubenv']

/**
 * GRUB that reads boot loader entries (RHEL 8 and later, Fedora 30 and later). Parameters go on each entry's `options`
 * line, not to rescue entries, and to /etc/kernel/cmdline for kernels that come later.
 *
 * grubby is asked where it is installed and read back, because it overwrites by name: an administrator's `isolcpus=1`
 * would become ours, and of two `hugepages=` one would be left (grubby 8.40, update_args). Whatever it made of an entry
 * that is not exactly what was asked is written by us.
 */
export const bls: BootLoader = {
  name: 'bls',
  limitBytes: commandLineLimitBytes,
  addsMissingOnly: true,
  matches: (root) =>
    root.list(ENTRIES).some((name) => name.endsWith('.conf')) &&
    (blscfgEnabled(root) || root.exists('/boot/grub2') || root.exists('/etc/grub2.cfg')),
  administrator: ({ root }) => administratorOf(root, optionFiles(root), environment(root)),
  ours: ({ root }) => oursIn(root, entries(root), environment(root)),
  touches: ({ root }) => [...optionFiles(root).map(({ path }) => path), ADDED_PARAMETERS_FILE],
  write: (parameters, ports) => setParameters(parameters, ports),
  clear: (ports) => setParameters('', ports),
}

async function setParameters(parameters: string, ports: Ports): Promise<string[]> {
  const { root, runner } = ports
  const plan = planChanges(root, optionFiles(root), parameters, environment(root))
  if (plan.added) writeAdded(root, plan.added)
  if (runner.find('grubby') !== undefined) {
    for (const change of plan.changes) if (grubbyCan(change)) await askGrubby(change, ports)
  }
  const changes = plan.changes.map((change) => ({
    ...change,
    file: { ...change.file, text: root.readTextIfThere(change.file.path) ?? '' },
  }))
  writeChanges(ports, { ...plan, changes })
  return parameters === '' || root.exists('/etc/kernel/cmdline')
    ? []
    : [
        'There is no /etc/kernel/cmdline: a kernel that is installed later takes its parameters from the running one.',
      ]
}

/** grubby expands `$kernelopts` into the entry; such entries are not given to it. */
function grubbyCan({ file, wanted, theirs, add, remove }: OptionChange): boolean {
  if (file.format !== 'entry' || file.text === wanted) return false
  return !entryValue(theirs, 'options').includes('$') && grubbyCanCarry(add) && grubbyCanCarry(remove)
}

async function askGrubby({ file, add, remove }: OptionChange, ports: Ports): Promise<void> {
  const linux = entryValue(file.text, 'linux')
  const kernel = linux.startsWith('/boot/') ? linux : `/boot${linux}`
  await grubbyKernel(ports, kernel, add, remove)
}

function optionFiles(root: Root): OptionFile[] {
  return [...entries(root), ...kernelCmdlineFile(root)]
}

function entries(root: Root): OptionFile[] {
  return root.glob(`${ENTRIES}/*.conf`).flatMap((path): OptionFile[] => {
    const text = root.readTextIfThere(path) ?? ''
    return isRescue(path, text) ? [] : [{ path, format: 'entry', text }]
  })
}

/** `…-0-rescue.conf`, `vmlinuz-0-rescue-…`: what must still boot when everything else does not. */
export function isRescue(path: string, entry: string): boolean {
  return [path, entryValue(entry, 'linux'), entryValue(entry, 'title')].some((text) => /rescue/i.test(text))
}

function blscfgEnabled(root: Root): boolean {
  return /^GRUB_ENABLE_BLSCFG=["']?(true|y)/m.test(root.readTextIfThere(GRUB_DEFAULTS) ?? '')
}

/** GRUB's environment block: `kernelopts=` of RHEL 8, `tuned_params=` of TuneD. */
function environment(root: Root): Variables {
  const variables: Record<string, ParameterOrigin[]> = { $tuned_params: [] }
  for (const file of ENVIRONMENTS) {
    for (const [index, line] of (root.readTextIfThere(file) ?? '').split('\n').entries()) {
      const match = /^([A-Za-z_]\w*)=(.*)$/.exec(line)
      if (!match) continue
      const place = { file, line: index + 1 }
      variables[`$${match[1]}`] = parameterPositions(match[2]!).map(({ text }) => ({
        parameter: text,
        place,
      }))
    }
  }
  return variables
}
