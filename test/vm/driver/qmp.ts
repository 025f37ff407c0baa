import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { VmError } from './vm-error.ts'

interface Answer {
  return?: unknown
  error?: { desc: string }
}

/**
 * Gives QEMU one monitor command over its QMP socket (docs/interop/qmp-spec) and answers what it returns.
 * @throws VmError `qmp-failed`
 */
export async function qmp(
  socket: string,
  execute: string,
  args: Record<string, unknown> = {},
): Promise<unknown> {
  const stream = connect(socket)
  try {
    const commands = [{ execute: 'qmp_capabilities' }, { execute, arguments: args }]
    for (const command of commands) stream.write(`${JSON.stringify(command)}\n`)
    let answers = 0
    for await (const line of createInterface({ input: stream })) {
      const answer = JSON.parse(line) as Answer
      if (answer.error) throw new VmError('qmp-failed', `QEMU refused ${execute}: ${answer.error.desc}`)
      if ('return' in answer && ++answers === commands.length) return answer.return
    }
    throw new VmError('qmp-failed', `QEMU closed its monitor before it answered ${execute}`)
  } finally {
    stream.destroy()
  }
}

/** A command of QEMU's human monitor; what it prints is an error message, or nothing. */
export async function monitor(socket: string, command: string): Promise<void> {
  const printed = await qmp(socket, 'human-monitor-command', { 'command-line': command })
  if (typeof printed === 'string' && printed.trim() !== '') {
    throw new VmError('qmp-failed', `QEMU's monitor answered '${command}' with: ${printed.trim()}`)
  }
}
