import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { MachineError } from '../core/errors.ts'
import type { KnobRef } from '../core/plan/setting.ts'
import type { Ports, RunResult } from '../host/ports.ts'
import type { Knob, Restored } from './knob.ts'
import { lastLine } from './systemd.ts'

/** A profile's own script, which knows `start`, `verify` and `stop`. */
export interface ScriptRef extends KnobRef {
  knob: 'script'
  path: string
  /** the profile's variables as it gets them: `TUNED_isolated_cores` */
  env: Record<string, string>
}

/** As long as TuneD's scripts are seen to take (an initrd is built by some), with room. */
const TIMEOUT_MS = 600_000

/** What a shell answers for a command that it does not find or cannot execute (POSIX.1, 2.8.2 Exit Status for Commands). */
const NO_PROGRAM: ReadonlySet<number | null> = new Set([126, 127])

/**
 * `have` is `ok` once it was started in this boot and its `verify` ended with 0. Before its start it is not run at
 * all: a plan must change nothing, and most scripts say yes to a `verify` that they do not know. A check that lacks
 * a program says nothing of the machine: `unsupported`.
 */
export const script: Knob<ScriptRef> = {
  name: 'script',
  // What a script did may outlast a reboot (a file of modprobe.d), so its `stop` is owed until `off`.
  lifetime: 'disk',
  read(ref, ports) {
    if (ports.runner.find(ref.path) === undefined) {
      return { unsupported: `${ref.path} is not there, or not executable` }
    }
    if (!ports.root.exists(marker(ref))) return { have: 'not started' }
    const result = call(ref, ['verify'], ports)
    if (NO_PROGRAM.has(result.exitCode)) {
      return {
        unsupported: `\`${ref.path} verify\` ${outcome(result)} (a program that it calls is not here)`,
      }
    }
    return { have: result.exitCode === 0 ? 'ok' : `verify: ${outcome(result)}` }
  },
  capture: (ref, { root }) => ({ started: root.exists(marker(ref)) }),
  write(ref, _value, ports) {
    start(ref, ports)
    return 'started'
  },
  restore(ref, before, wrote, ports) {
    if ((before as { started: boolean }).started) return restart(ref, ports)
    if (wrote === null && !ports.root.exists(marker(ref))) return { outcome: 'unchanged' }
    if (ports.runner.find(ref.path) === undefined) return { outcome: 'gone' }
    ports.root.writeFile(marker(ref), STOPPING)
    const result = call(ref, ['stop', 'full_rollback'], ports)
    if (result.exitCode !== 0) throw failed(ref, 'stop', result)
    ports.root.remove(marker(ref))
    ports.root.removeFolderIfEmpty(MARKERS)
    return { outcome: 'restored' }
  },
}

const MARKERS = '/run/quietcore/scripts'
/** what the marker says from before `stop` until it has ended well */
const STOPPING = 'stopping\n'

/** On a tmpfs, so that a reboot forgets it as it forgets what the script did. */
function marker({ path }: ScriptRef): string {
  return `${MARKERS}/${createHash('sha256').update(path).digest('hex').slice(0, 16)}`
}

function start(ref: ScriptRef, ports: Ports): void {
  ports.root.writeFile(marker(ref), `${ref.path}\n`)
  const result = call(ref, ['start'], ports)
  if (result.exitCode !== 0) throw failed(ref, 'start', result)
}

/** Undoes a stop, whole or cut short by a crash; a script that runs as started keeps what its start remembered. */
function restart(ref: ScriptRef, ports: Ports): Restored {
  const mark = ports.root.readTextIfThere(marker(ref))
  if (mark !== undefined && mark !== STOPPING) return { outcome: 'unchanged' }
  if (ports.runner.find(ref.path) === undefined) return { outcome: 'gone' }
  start(ref, ports)
  return { outcome: 'restored' }
}

function call(ref: ScriptRef, args: string[], { root, runner }: Ports): RunResult {
  const where = root.live ? { cwd: dirname(ref.path) } : {}
  return runner.runSync([ref.path, ...args], { env: ref.env, timeoutMs: TIMEOUT_MS, ...where })
}

function outcome(result: RunResult): string {
  const ended = result.timedOut ? 'did not end in time' : `ended with ${result.exitCode ?? result.signal}`
  const last = lastLine(result.stderr)
  return last === '' ? ended : `${ended}: ${last}`
}

function failed({ path }: ScriptRef, verb: string, result: RunResult): MachineError {
  return new MachineError({
    code: 'script-failed',
    message: `\`${path} ${verb}\` ${outcome(result)}`,
    place: { file: path },
    next: 'Run it by hand with the same argument and see what it says.',
  })
}
