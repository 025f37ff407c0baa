import type { LiveService } from './live-service.ts'

/** Many things come at once: a card with 64 interrupts. Then all is quiet for this long, ms. */
const QUIET_MS = 200
/** A machine that is never quiet is served all the same, ms. */
const LONGEST_MS = 2000

/** SIGHUP: read the configuration again. SIGUSR2: something came. SIGTERM and SIGINT: stop. */
export function onSignals(service: LiveService): { stopped: Promise<string>; close: () => void } {
  let stop!: (name: string) => void
  const stopped = new Promise<string>((resolve) => {
    stop = resolve
  })
  const hotplug = whenQuiet(() => void service.hotplug().catch(() => {}))
  const handlers: Partial<Record<NodeJS.Signals, () => void>> = {
    SIGHUP: () => void service.reload().catch(() => {}),
    SIGUSR2: hotplug.poke,
    SIGTERM: () => stop('SIGTERM'),
    SIGINT: () => stop('SIGINT'),
  }
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler)
  return {
    stopped,
    close() {
      hotplug.close()
      for (const [name, handler] of Object.entries(handlers)) process.off(name, handler)
    },
  }
}

/** Calls `then` once after a burst of pokes. */
export function whenQuiet(then: () => void): { poke: () => void; close: () => void } {
  let timer: NodeJS.Timeout | undefined
  let firstMs: number | undefined
  return {
    poke() {
      const now = performance.now()
      firstMs ??= now
      clearTimeout(timer)
      timer = setTimeout(
        () => {
          firstMs = undefined
          then()
        },
        Math.max(0, Math.min(QUIET_MS, firstMs + LONGEST_MS - now)),
      )
    },
    close: () => clearTimeout(timer),
  }
}
