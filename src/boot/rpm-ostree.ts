import { commandLineLimitBytes } from '../core/cmdline/length.ts'
import { sameUnit } from '../core/cmdline/meaning.ts'
import { missingFrom, removeParameters } from '../core/cmdline/merge.ts'
import { parameterTexts } from '../core/cmdline/parse.ts'
import { parseUnits } from '../core/cmdline/units.ts'
import { MachineError } from '../core/errors.ts'
import type { Ports } from '../host/ports.ts'
import { readAdded, writeAdded } from './added-parameters.ts'
import type { BootLoader } from './loader.ts'

const PROGRAM = 'rpm-ostree'
const PROGRAM_PATHS = ['/usr/bin/rpm-ostree', '/bin/rpm-ostree']
/** A new deployment is staged: minutes on slow disks. */
const TIMEOUT_MS = 1_200_000

/**
 * Fedora CoreOS, RHEL CoreOS, Silverblue: kernel arguments belong to a deployment and change by `rpm-ostree kargs`,
 * which stages a new one for the next boot. There are no files whose bytes could be put back, so undo is a command too.
 */
export const rpmOstree: BootLoader = {
  name: 'rpm-ostree',
  limitBytes: commandLineLimitBytes,
  addsMissingOnly: true,
  matches: (root) =>
    (root.exists('/run/ostree-booted') || root.exists('/ostree')) &&
    PROGRAM_PATHS.some((path) => root.exists(path)),
  administrator: (ports) => {
    const added = readAdded(ports.root)?.files[PROGRAM] ?? ''
    const line = removeParameters(nextBootLine(ports), parameterTexts(added))
    return parameterTexts(line).map((parameter) => ({ parameter, place: { file: `${PROGRAM} kargs` } }))
  },
  ours: (ports) => {
    const added = readAdded(ports.root)
    if (!added) return undefined
    const there = parseUnits(nextBootLine(ports))
    return parseUnits(added.parameters)
      .filter((unit) => there.some((one) => sameUnit(one, unit)))
      .map(({ text }) => text)
      .join(' ')
  },
  touches: () => [],
  write: (parameters, ports) => setParameters(parameters, ports),
  clear: (ports) => setParameters('', ports),
}

async function setParameters(parameters: string, ports: Ports): Promise<string[]> {
  const { root, runner } = ports
  const before = readAdded(root)
  const earlier = parameterTexts(before?.files[PROGRAM] ?? '')
  const add = missingFrom(removeParameters(nextBootLine(ports), earlier), parameters)
  // One command, one new deployment. --delete-if-present: a parameter that somebody removed meanwhile is no failure.
  const options = [
    ...earlier.map((text) => `--delete-if-present=${text}`),
    ...parameterTexts(add).map((text) => `--append=${text}`),
  ]
  if (parameters !== '') writeAdded(root, { parameters, files: { [PROGRAM]: add } })
  if (options.length > 0) {
    const { exitCode, stderr } = await runner.run([PROGRAM, 'kargs', ...options], { timeoutMs: TIMEOUT_MS })
    if (exitCode !== 0) {
      writeAdded(root, before)
      throw failed(stderr)
    }
  }
  if (parameters === '') writeAdded(root, undefined)
  return []
}

/** The kernel arguments of the deployment that boots next. */
function nextBootLine({ runner }: Ports): string {
  const { exitCode, stdout, stderr } = runner.runSync([PROGRAM, 'kargs'], { timeoutMs: 120_000 })
  if (exitCode !== 0) throw failed(stderr)
  return stdout.trim()
}

function failed(stderr: string): MachineError {
  return new MachineError({
    code: 'rpm-ostree-failed',
    message: `rpm-ostree kargs failed: ${stderr.trim() || 'it said nothing'}`,
    next: "Run 'rpm-ostree status' to see whether another transaction is running, then try again.",
  })
}
