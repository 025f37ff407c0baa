import type { Root } from '../../../host/ports.ts'

/** Where tracefs is mounted: its own place, or the older one that hwlatdetect uses. Both show the same files. */
const MOUNTS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing']

/** Settings that hwlatdetect and rtla change and leave behind (Documentation/trace/{hwlat,osnoise,timerlat}-tracer.rst). */
const SETTINGS = [
  'tracing_thresh',
  'tracing_cpumask',
  'hwlat_detector/window',
  'hwlat_detector/width',
  'hwlat_detector/mode',
  'osnoise/cpus',
  'osnoise/period_us',
  'osnoise/runtime_us',
  'osnoise/stop_tracing_us',
  'osnoise/stop_tracing_total_us',
  'osnoise/timerlat_period_us',
  'osnoise/print_stack',
]

/** What tracefs held at one moment. */
export interface TracingState {
  folder: string
  currentTracer: string
  tracingOn: string
  settings: ReadonlyMap<string, string>
  /** each osnoise option in force: `OSNOISE_WORKLOAD`, `NO_PANIC_ON_STOP`, … */
  osnoiseOptions: readonly string[]
  instances: readonly string[]
}

/** undefined where tracefs is not mounted. */
export function captureTracing(root: Root): TracingState | undefined {
  const folder = MOUNTS.find((mount) => root.exists(`${mount}/tracing_on`))
  if (folder === undefined) return undefined
  const read = (name: string) => root.readTextIfThere(`${folder}/${name}`)?.trim()
  const settings = new Map<string, string>()
  for (const name of SETTINGS) {
    const value = read(name)
    if (value !== undefined) settings.set(name, chosen(value))
  }
  return {
    folder,
    currentTracer: read('current_tracer') ?? 'nop',
    tracingOn: read('tracing_on') ?? '1',
    settings,
    osnoiseOptions: (read('osnoise/options') ?? '')
      .split(/\s+/)
      .filter((word) => /^(NO_)?[A-Z]+_/.test(word)),
    instances: root.list(`${folder}/instances`),
  }
}

/** `none [round-robin] per-cpu` means `round-robin`. */
function chosen(value: string): string {
  return /\[([^\]]+)\]/.exec(value)?.[1] ?? value
}
