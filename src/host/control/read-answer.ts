import { EXIT, InputError, MachineError, type Place, QuietcoreError } from '../../core/errors.ts'
import { CONTROL_SOCKET } from '../../core/service/control.ts'

/** @throws the service's error as this process's own, so that a command ends as it would have without a service */
export function readAnswer(text: string): object {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (cause) {
    throw noAnswer(text, cause)
  }
  if (typeof answer !== 'object' || answer === null) throw noAnswer(text)
  if (!('error' in answer)) return answer
  throw errorOf(answer as { error: unknown; exitCode?: unknown }, text)
}

function errorOf({ error, exitCode }: { error: unknown; exitCode?: unknown }, text: string): QuietcoreError {
  const { code, message, place, next } = (error ?? {}) as Record<string, unknown>
  if (typeof code !== 'string' || typeof message !== 'string') return noAnswer(text)
  const init = {
    code,
    message,
    ...(isPlace(place) ? { place } : {}),
    ...(typeof next === 'string' ? { next } : {}),
  }
  if (exitCode === EXIT.badInput) return new InputError(init)
  return exitCode === EXIT.cannot || typeof exitCode !== 'number'
    ? new MachineError(init)
    : new QuietcoreError(exitCode, init)
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && 'file' in value && typeof value.file === 'string'
}

function noAnswer(text: string, cause?: unknown): MachineError {
  return new MachineError({
    code: 'service-answer',
    message: `what quietcore.service answered is not its JSON: ${JSON.stringify(text.slice(0, 80))}`,
    place: { file: CONTROL_SOCKET },
    next: 'Command and service may be of different versions: restart it with `systemctl restart quietcore`.',
    cause,
  })
}
