import { removeTraceInstance } from '../../../host/folders.ts'
import type { Root } from '../../../host/ports.ts'
import { captureTracing, type TracingState } from './state.ts'

export interface Restored {
  /** names under tracefs that had to be put back */
  restored: readonly string[]
  /** names that the kernel refused, with its reason */
  refused: readonly { name: string; reason: string }[]
}

interface Write {
  name: string
  value: string
}

/**
 * Puts tracefs back as it was, whatever became of the tool. The tracer stops first, because the kernel refuses its
 * settings while it works, and `tracing_on` comes last, so that nothing is traced meanwhile.
 */
export function restoreTracing(before: TracingState, root: Root): Restored {
  const now = captureTracing(root)
  if (now === undefined) return { restored: [], refused: [] }
  const restored = forgetInstances(before, now, root)
  const settings = changed(before, now)
  const traced = settings.length > 0 || now.currentTracer !== before.currentTracer
  if (traced && now.currentTracer !== 'nop') root.writeLive(`${before.folder}/current_tracer`, 'nop')
  const last: Write[] = traced ? [{ name: 'current_tracer', value: before.currentTracer }] : []
  if (now.tracingOn !== before.tracingOn) last.push({ name: 'tracing_on', value: before.tracingOn })
  const first = writeAll(settings, before.folder, root)
  const second = writeAll(last, before.folder, root)
  return {
    restored: [...restored, ...first.restored, ...second.restored],
    refused: [...first.refused, ...second.refused],
  }
}

function changed(before: TracingState, now: TracingState): Write[] {
  const settings = [...before.settings].filter(([name, value]) => now.settings.get(name) !== value)
  const options = before.osnoiseOptions.filter((option) => !now.osnoiseOptions.includes(option))
  return [
    ...settings.map(([name, value]) => ({ name, value })),
    ...options.map((value) => ({ name: 'osnoise/options', value })),
  ]
}

/** Twice, because window and width (and period and runtime) bound each other: the order that works is not known. */
function writeAll(writes: readonly Write[], folder: string, root: Root): Restored {
  const restored: string[] = []
  let refused = writes.map((write) => ({ ...write, reason: '' }))
  for (let pass = 0; pass < 2; pass++) {
    refused = refused.flatMap((write) => {
      try {
        root.writeLive(`${folder}/${write.name}`, write.value)
        restored.push(write.name)
        return []
      } catch (error) {
        return [{ ...write, reason: error instanceof Error ? error.message : String(error) }]
      }
    })
  }
  return { restored, refused: refused.map(({ name, reason }) => ({ name, reason })) }
}

/** rtla works in an instance of its own and leaves it there when it is killed. */
function forgetInstances(before: TracingState, now: TracingState, root: Root): string[] {
  const left = now.instances.filter((name) => !before.instances.includes(name))
  for (const name of left) removeTraceInstance(root, `${before.folder}/instances/${name}`)
  return left.map((name) => `instances/${name}`)
}
