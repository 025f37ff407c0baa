import { InputError, type Place } from '../../core/errors.ts'
import type { Runner } from '../../host/ports.ts'

const ASK_TIMEOUT_MS = 10_000

/**
 * Has systemd itself judge a calendar, because only its own parser decides what will run.
 * @throws InputError `bad-calendar` with systemd's words, `calendar-is-over`; MachineError `no-such-program`
 */
export async function checkCalendar(
  option: string,
  value: string,
  place: Place,
  runner: Runner,
): Promise<void> {
  const said = await ask(['systemd-analyze', 'calendar', '--', value], runner)
  const next = `systemd.time(7) has the language; try yours with systemd-analyze: \`systemd-analyze calendar '${value}'\`.`
  if (!said.ok) {
    throw new InputError({
      code: 'bad-calendar',
      message: `${option} = ${value}: ${said.message}`,
      place,
      next,
    })
  }
  if (/^\s*Next elapse: never$/m.test(said.stdout)) {
    const message = `${option} = ${value}: this calendar has no moment in the future`
    throw new InputError({ code: 'calendar-is-over', message, place, next })
  }
}

/** @throws InputError `bad-delay` with systemd's words; MachineError `no-such-program` */
export async function checkDelay(value: string, place: Place, runner: Runner): Promise<void> {
  const said = await ask(['systemd-analyze', 'timespan', '--', value], runner)
  const message = !said.ok
    ? said.message
    : /^\s*Human: infinity$/m.test(said.stdout)
      ? 'a run that is put off for ever never comes'
      : undefined
  if (message === undefined) return
  throw new InputError({
    code: 'bad-delay',
    message: `randomized-delay = ${value}: ${message}`,
    place,
    next: "Write a time span of systemd.time(7): '30min', '1h 30min'.",
  })
}

async function ask(
  argv: readonly string[],
  runner: Runner,
): Promise<{ ok: boolean; stdout: string; message: string }> {
  const { exitCode, stdout, stderr } = await runner.run(argv, { timeoutMs: ASK_TIMEOUT_MS })
  // A hint for interactive use may follow on a second line.
  const message = stderr.trim().split('\n')[0] || `${argv[0]} ended with ${exitCode}`
  return { ok: exitCode === 0, stdout, message }
}
