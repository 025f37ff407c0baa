import { randomBytes } from 'node:crypto'
import { MachineError } from '../../core/errors.ts'
import type { Runner, RunResult } from '../ports.ts'

/** A daemon that does not answer must not hold the operator for ever. */
const TIMEOUT_MS = 60_000
/** Linux takes 128 KiB in one argument (MAX_ARG_STRLEN, execve(2)); a command here has about 60 bytes. */
const COMMANDS_PER_CALL = 1_000

/** What libvirt says through virsh(1). Domains are named by UUID, so no name is ever parsed as a command. */
export interface Virsh {
  /** the connection in use: `qemu:///system` */
  uri(): Promise<string>
  /** UUIDs of the running domains */
  running(): Promise<string[]>
  /**
   * The XML of one domain, by name, id or UUID.
   * @throws MachineError `no-such-domain`, `no-libvirt`, `virsh-failed`
   */
  xmlOf(name: string): Promise<string>
  /** all over one connection */
  each(commands: readonly (readonly string[])[]): Promise<Answers>
  /** whether virsh can do this one command */
  succeeds(command: readonly string[]): Promise<boolean>
}

export interface Answers {
  /** stdout of each command, in order; empty for a command that failed */
  texts: string[]
  /** virsh said something on stderr, which names no command: one of those without a text may have failed */
  complained: boolean
}

/** @param uri as virsh's --connect; without it virsh chooses (LIBVIRT_DEFAULT_URI, else the system's as root) */
export function openVirsh(runner: Runner, uri?: string): Virsh {
  const base = ['virsh', '-q', ...(uri === undefined ? [] : [`--connect=${uri}`])]
  const call = (...args: string[]) => runner.run([...base, ...args], { timeoutMs: TIMEOUT_MS })
  return {
    async uri() {
      return must(await call('uri'), uri).stdout.trim()
    },
    async running() {
      return must(await call('list', '--uuid'), uri)
        .stdout.split('\n')
        .map((one) => one.trim())
        .filter(isUuid)
    },
    async xmlOf(name) {
      return must(await call('dumpxml', `--domain=${name}`), uri, name).stdout
    },
    async each(commands) {
      const texts: string[] = []
      let complained = false
      for (let at = 0; at < commands.length; at += COMMANDS_PER_CALL) {
        const mark = `@@${randomBytes(12).toString('hex')}@@`
        const part = commands.slice(at, at + COMMANDS_PER_CALL)
        const line = part.map((words) => `${words.map(safe).join(' ')}; echo ${mark}`).join('; ')
        const result = await call(line)
        const found = result.stdout.split(mark)
        // The last command's failure makes the exit code; only a connection that never stood gives no mark.
        if (found.length !== part.length + 1) must({ ...result, exitCode: result.exitCode || 1 }, uri)
        texts.push(...found.slice(0, -1))
        complained ||= result.stderr.trim() !== ''
      }
      return { texts, complained }
    },
    async succeeds(command) {
      return (await call(command.map(safe).join(' '))).exitCode === 0
    },
  }
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}

/** virsh splits its own argument into words and commands: nothing but plain words goes there. */
function safe(word: string): string {
  if (/^[\w-]+$/.test(word)) return word
  throw new MachineError({ code: 'virsh-word', message: `'${word}' is no plain word for virsh` })
}

function must(result: RunResult, uri: string | undefined, name?: string): RunResult {
  if (result.exitCode === 0) return result
  const said = result.stderr
    .replaceAll(/^error: /gm, '')
    .trim()
    .split('\n')
    .filter(Boolean)
  const where = uri === undefined ? 'libvirt' : `libvirt at ${uri}`
  if (result.timedOut) {
    throw new MachineError({
      code: 'no-libvirt',
      message: `${where} did not answer within ${TIMEOUT_MS / 1000} s`,
      next: 'Check that libvirtd (or virtqemud) runs and answers: virsh list.',
    })
  }
  if (name !== undefined && said.some((line) => /^(?:failed to get domain|Domain not found)/.test(line))) {
    throw new MachineError({
      code: 'no-such-domain',
      message: `${where} has no domain '${name}'`,
      next: 'See `virsh list --all`; for a file give its path with a / or .xml. `--connect URI` names another libvirt.',
    })
  }
  const unreachable = said.some((line) => /connect/.test(line))
  throw new MachineError({
    code: unreachable ? 'no-libvirt' : 'virsh-failed',
    message: unreachable
      ? `no connection to ${where}: ${said.at(-1)}`
      : `virsh failed: ${said.join('; ') || `exit code ${result.exitCode}`}`,
    next: 'Check that libvirtd (or virtqemud) runs, that you may use it, and the URI: virsh -c URI list.',
  })
}
