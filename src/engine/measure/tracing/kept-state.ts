import { MachineError } from '../../../core/errors.ts'
import type { Root } from '../../../host/ports.ts'
import { type Restored, restoreTracing } from './restore.ts'
import type { TracingState } from './state.ts'

/** In /run, which a reboot empties as it does tracefs. */
const FILE = '/run/quietcore/tracing.json'

/** On disk before a tool changes tracefs: a quietcore that is killed cannot put it back itself. */
export function keepTracing(state: TracingState, root: Root): void {
  root.writeFile(FILE, JSON.stringify({ ...state, settings: [...state.settings] }), 0o600)
}

export function forgetTracing(root: Root): void {
  root.remove(FILE)
}

/** What a killed quietcore's tool left in tracefs, put back; undefined when none was killed. The caller holds the lock. */
export function restoreKeptTracing(root: Root): Restored | undefined {
  const text = root.readTextIfThere(FILE)
  if (text === undefined) return undefined
  const restored = restoreTracing(stateFrom(text), root)
  forgetTracing(root)
  return restored
}

function stateFrom(text: string): TracingState {
  try {
    const { settings, ...rest } = JSON.parse(text)
    return { ...rest, settings: new Map(settings) }
  } catch (cause) {
    throw new MachineError({
      code: 'bad-tracing-state',
      message: 'what tracefs held before an earlier measurement cannot be read',
      place: { file: FILE },
      next: 'Look at /sys/kernel/tracing (current_tracer, tracing_on), then remove this file.',
      cause,
    })
  }
}
