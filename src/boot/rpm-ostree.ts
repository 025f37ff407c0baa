import { commandLineLimitBytes } from '../core/cmdline/length.ts'
import { sameUnit } from '../core/cmdline/meaning.ts'
import { missingFrom, removeParameters } from '../core/cmdline/merge.ts'
import { parameterTexts } from '../core/cmdline/parse.ts'
import { parseUnits } from '../core/cmdline/units.ts'
import { MachineError } from '../core/errors.ts'
import type { Ports } from '../host/ports.ts'
import { readAdded, writeAdded } from './added-parameters.ts'
import type { BootLoader, ParameterOrigin } from './loader.ts'
import { ostreeEntry, ostreeEntryArguments } from './ostree-entry.ts'

const PROGRAM = 'rpm-ostree'
/** A new deployment is staged: minutes on slow disks. */
const TIMEOUT_MS = 1_200_000
const CANNOT_RUN = 'rpm-ostree-cannot-run'

/**
 * Fedora CoreOS, RHEL CoreOS, Silverblue: kernel arguments belong to a deployment and change by `rpm-ostree kargs`,
 * which stages a new one for the next boot. There are no files whose bytes could be put back, so undo is a command too.
 * Where the program cannot run (another machine's tree), the next deployment's entry is read and nothing is written.
 */
export const rpmOstree: BootLoader = {
  name: 'rpm-ostree',
  limitBytes: commandLineLimitBytes,
  addsMissingOnly: true,
  // Files that another loader would edit are written anew by the next deployment.
  matches: (root) => root.exists('/run/ostree-booted') || root.exists('/ostree'),
  administrator: (ports) => {
    const added = readAdded(ports.root)?.files[PROGRAM] ?? ''
    const origins = nextBoot(ports)
    for (const text of parameterTexts(added)) {
      const last = origins.findLastIndex(({ parameter }) => parameter === text)
      if (last >= 0) origins.splice(last, 1)
    }
    return origins
  },
  ours: (ports) => {
    const added = readAdded(ports.root)
    if (!added) return undefined
    const there = parseUnits(lineOf(nextBoot(ports)))
    return parseUnits(added.parameters)
      .filter((unit) => there.some((one) => sameUnit(one, unit)))
      .map(({ text }) => text)
      .join(' ')
  },
  warnings: (ports) => {
    // On the live machine asking takes a second, and a failure is an error where the arguments are read.
    if (ports.root.live && ports.runner.find(PROGRAM) !== undefined) return []
    if (askKargs(ports) !== undefined) return []
    const entry = ostreeEntry(ports.root)
    const read =
      entry === undefined ? 'there is no entry of a deployment either' : `${entry} was read instead`
    const message = `rpm-ostree cannot run here and ${read}: the kernel arguments can be planned and not set`
    return [{ code: CANNOT_RUN, message, ...(entry === undefined ? {} : { place: { file: entry } }) }]
  },
  touches: () => [],
  write: (parameters, ports) => setParameters(parameters, ports),
  clear: (ports) => setParameters('', ports),
}

async function setParameters(parameters: string, ports: Ports): Promise<string[]> {
  const { root, runner } = ports
  const before = readAdded(root)
  const earlier = parameterTexts(before?.files[PROGRAM] ?? '')
  const add = missingFrom(removeParameters(lineOf(nextBoot(ports)), earlier), parameters)
  // One command, one new deployment. --delete-if-present: a parameter that somebody removed meanwhile is no failure.
  const options = [
    ...earlier.map((text) => `--delete-if-present=${text}`),
    ...parameterTexts(add).map((text) => `--append=${text}`),
  ]
  // An image that brings all of them in its kargs.d needs no program.
  if (options.length > 0 && askKargs(ports) === undefined) throw cannotRun()
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
function nextBoot(ports: Ports): ParameterOrigin[] {
  const line = askKargs(ports)
  if (line === undefined) return ostreeEntryArguments(ports.root)
  return parameterTexts(line).map((parameter) => ({ parameter, place: { file: `${PROGRAM} kargs` } }))
}

function lineOf(origins: readonly ParameterOrigin[]): string {
  return origins.map(({ parameter }) => parameter).join(' ')
}

/** What rpm-ostree says; undefined where it is missing, or does not run under another machine's root. */
function askKargs({ root, runner }: Ports): string | undefined {
  if (runner.find(PROGRAM) === undefined) return undefined
  const { exitCode, stdout, stderr } = runner.runSync([PROGRAM, 'kargs'], { timeoutMs: 120_000 })
  if (exitCode === 0) return stdout.trim()
  if (!root.live) return undefined
  throw failed(stderr)
}

function cannotRun(): MachineError {
  return new MachineError({
    code: CANNOT_RUN,
    message:
      'the kernel arguments of an ostree deployment are set by rpm-ostree, which cannot run here: apply on the booted machine, or set what `quietcore plan` shows by `ostree admin kargs edit-in-place` or in kargs.d of the image',
  })
}

function failed(stderr: string): MachineError {
  return new MachineError({
    code: 'rpm-ostree-failed',
    message: `rpm-ostree kargs failed: ${stderr.trim() || 'it said nothing'}`,
    next: "Run 'rpm-ostree status' to see whether another transaction is running, then try again.",
  })
}
