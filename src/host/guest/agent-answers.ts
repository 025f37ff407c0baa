import { MachineError } from '../../core/errors.ts'

/** What guest-exec-status says, decoded. */
export interface AgentExecStatus {
  exited: boolean
  exitCode: number | null
  stdout: string
  stderr: string
  truncated: boolean
}

/** `{"return": …}` of the agent. @throws MachineError `guest-agent` for anything else */
export function readAnswer(text: string, guest: string): Record<string, unknown> {
  try {
    const answer = JSON.parse(text) as { return?: unknown } | null
    if (isObject(answer?.return)) return answer.return
  } catch {
    // What is no JSON is no answer, as below.
  }
  throw strange(guest)
}

export function readPid(answer: unknown, guest: string): number {
  const pid = isObject(answer) ? answer.pid : undefined
  if (Number.isSafeInteger(pid)) return pid as number
  throw strange(guest)
}

export function readExecStatus(answer: unknown, guest: string): AgentExecStatus {
  if (!isObject(answer) || typeof answer.exited !== 'boolean') throw strange(guest)
  const code = answer.exitcode
  return {
    exited: answer.exited,
    exitCode: typeof code === 'number' ? code : null,
    stdout: decode(answer['out-data']),
    stderr: decode(answer['err-data']),
    truncated: answer['out-truncated'] === true,
  }
}

function decode(base64: unknown): string {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('utf8') : ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function strange(guest: string): MachineError {
  return new MachineError({
    code: 'guest-agent',
    message: `the agent in ${guest} answered with something that its protocol does not have`,
    next: 'Check the version of qemu-guest-agent in the guest, or reach the guest by ssh.',
  })
}
