import { setTimeout as sleep } from 'node:timers/promises'
import { MachineError } from '../../core/errors.ts'
import type { GuestAddress } from '../../core/gate/guest-address.ts'
import type { Runner } from '../ports.ts'
import { type AgentExecStatus, readAnswer, readExecStatus, readPid } from './agent-answers.ts'
import type { Guest, GuestResult } from './guest.ts'
import { interrupted, timeout } from './ssh.ts'

/** For one question to the agent, not for the program that it starts (virsh(1), qemu-agent-command). */
const ANSWER_S = 30
/** Programs of a second are seen soon; one of hours is asked for twice in a second's time at most. */
const FIRST_POLL_MS = 100
const LONGEST_POLL_MS = 2000

/**
 * A guest by the QEMU guest agent in it: guest-exec and guest-exec-status (QEMU Guest Agent Protocol Reference), over
 * libvirt. @param uri virsh's --connect
 */
export function agentGuest(
  { name, domain }: Extract<GuestAddress, { by: 'agent' }>,
  runner: Runner,
  uri?: string,
): Guest {
  const base = ['virsh', '-q', ...(uri === undefined ? [] : [`--connect=${uri}`]), 'qemu-agent-command']

  async function ask(execute: string, args: object): Promise<unknown> {
    const command = JSON.stringify({ execute, arguments: args })
    const argv = [...base, `--domain=${domain}`, `--timeout=${ANSWER_S}`, `--cmd=${command}`]
    const result = await runner.run(argv, { timeoutMs: (ANSWER_S + 15) * 1000, ownSession: true })
    if (result.exitCode === 0) return readAnswer(result.stdout, name)
    throw refused(name, domain, result.stderr, result.timedOut)
  }

  async function exec(path: string, arg: readonly string[]): Promise<number> {
    return readPid(await ask('guest-exec', { path, arg, 'capture-output': true }), name)
  }

  async function wait(pid: number, limitMs: number, signal?: AbortSignal): Promise<AgentExecStatus> {
    const until = performance.now() + limitMs
    for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_POLL_MS)) {
      const status = readExecStatus(await ask('guest-exec-status', { pid }), name)
      if (status.exited) return status
      if (signal?.aborted || performance.now() > until) {
        // The agent ends nothing by itself: SIGINT lets quietcore keep what it has measured.
        await exec('kill', ['-INT', String(pid)]).catch(() => undefined)
        throw signal?.aborted ? interrupted(name) : timeout(name, limitMs)
      }
      await sleep(pauseMs, undefined, signal ? { signal } : {}).catch(() => undefined)
    }
  }

  return {
    name,
    async run([program, ...args], { timeoutMs, signal } = {}): Promise<GuestResult> {
      const pid = await exec(program!, args)
      const status = await wait(pid, timeoutMs ?? Number.POSITIVE_INFINITY, signal)
      if (status.truncated) {
        throw new MachineError({
          code: 'guest-agent',
          message: `the agent in ${name} cut the output of ${program} short`,
          next: 'Reach this guest by ssh.',
        })
      }
      return { exitCode: status.exitCode, stdout: status.stdout, stderr: status.stderr }
    },
  }
}

function refused(name: string, domain: string, stderr: string, timedOut: boolean): MachineError {
  const said = stderr
    .replaceAll(/^error: /gm, '')
    .trim()
    .split('\n')
    .filter(Boolean)
    .join('; ')
  const next = /has been disabled|not found/i.test(said)
    ? "Let the agent take guest-exec and guest-exec-status (its --allow-rpcs, or BLACKLIST_RPC in the guest's /etc/sysconfig/qemu-ga), or reach the guest by ssh."
    : `Check that the domain '${domain}' runs, has <channel> org.qemu.guest_agent.0, and that qemu-guest-agent runs in it.`
  return new MachineError({
    code: 'guest-agent',
    message: timedOut
      ? `the agent in ${name} (domain ${domain}) did not answer within ${ANSWER_S} s`
      : `the agent in ${name} (domain ${domain}) refused: ${said || 'virsh said nothing'}`,
    next,
  })
}
