import { MachineError } from '../../core/errors.ts'
import type { Runner } from '../../host/ports.ts'

const TIMEOUT_MS = 60_000

export interface TimerState {
  active: boolean
  /** its files are not those that systemd has read */
  stale: boolean
}

/** @throws MachineError `systemctl-failed` with systemctl's words, `no-such-program` */
export async function systemctl(runner: Runner, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr, timedOut } = await runner.run(['systemctl', ...args], {
    timeoutMs: TIMEOUT_MS,
  })
  if (exitCode === 0) return stdout
  const words =
    stderr.trim().replaceAll('\n', ' ') || (timedOut ? 'no answer in a minute' : `exit ${exitCode}`)
  throw new MachineError({
    code: 'systemctl-failed',
    message: `\`systemctl ${args.join(' ')}\`: ${words}`,
    next: 'See `systemctl status` of the unit and the journal. The service tries again at its next reload.',
  })
}

/** Asks for all timers at once; systemd answers in the order of the question. */
export async function timerStates(
  timers: readonly string[],
  runner: Runner,
): Promise<ReadonlyMap<string, TimerState>> {
  if (timers.length === 0) return new Map()
  const wanted = ['Id', 'ActiveState', 'NeedDaemonReload'].map((name) => `--property=${name}`)
  const answer = await systemctl(runner, 'show', ...wanted, '--', ...timers)
  const blocks = answer.split('\n\n').map((block) => block.trim().split('\n'))
  return new Map(
    blocks.flatMap((lines) => {
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1)
      const id = field('Id')
      if (id === undefined) return []
      const state = {
        active: field('ActiveState') === 'active',
        stale: field('NeedDaemonReload') === 'yes',
      }
      return [[id, state] as const]
    }),
  )
}

/** @throws MachineError when one of them is still active */
export async function stopTimers(timers: readonly string[], runner: Runner): Promise<void> {
  if (timers.length === 0) return
  try {
    await systemctl(runner, 'stop', '--', ...timers)
  } catch (error) {
    // A unit that systemd does not know (its template went with a package) is as good as stopped.
    const states = await timerStates(timers, runner)
    if ([...states.values()].some(({ active }) => active)) throw error
  }
}
