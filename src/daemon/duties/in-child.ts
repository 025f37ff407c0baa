import { spawn } from 'node:child_process'
import { isSea } from 'node:sea'
import type { ErrorAnswer } from '../../answers/answer.ts'
import { EXIT, InputError, MachineError, type QuietcoreError } from '../../core/errors.ts'
import type { Order, Work, Works } from './order.ts'

/**
 * Has a piece of work done by a process of its own: plans, profiles and thousands of settings take tens of MB, which
 * the service, asleep for days, would keep. Its log lines go where the service's go.
 * @throws InputError, MachineError of the work; MachineError `work-ended-early`
 */
export async function workInChild<W extends Work>(order: Order<W>): Promise<Works[W]['answer']> {
  const { stdout, how } = await run(JSON.stringify(order))
  let said: { answer: Works[W]['answer'] } | ErrorAnswer
  try {
    said = JSON.parse(stdout)
  } catch {
    throw new MachineError({
      code: 'work-ended-early',
      message: `the process that was to do '${order.work}' ended with ${how} and no answer`,
      next: 'What it left half-way is settled before the next change, or by `quietcore recover`. The journal (journalctl -u quietcore) may say why.',
    })
  }
  if ('error' in said) throw errorFrom(said)
  return said.answer
}

export function errorFrom({ error, exitCode }: ErrorAnswer): QuietcoreError {
  return exitCode === EXIT.badInput ? new InputError(error) : new MachineError(error)
}

function run(input: string): Promise<{ stdout: string; how: string }> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = thisProgram()
    const child = spawn(program!, [...args, 'daemon', '--work'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', (cause) => reject(cannotStart(program!, cause)))
    child.once('close', (code, signal) =>
      resolve({
        stdout: Buffer.concat(chunks).toString('utf8'),
        how: signal === null ? `exit code ${code}` : signal,
      }),
    )
    // A child that died has closed its end; `close` says so.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** The single executable is its own script, and has the runtime's options inside: given again, they would be its own. */
function thisProgram(): string[] {
  return isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, process.argv[1]!]
}

function cannotStart(program: string, cause: Error): MachineError {
  return new MachineError({
    code: 'work-not-started',
    message: `${program} could not be started: ${cause.message}`,
    next: 'Was quietcore removed or replaced? `systemctl restart quietcore` starts the one that is installed.',
    cause,
  })
}
