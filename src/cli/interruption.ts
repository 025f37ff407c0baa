import { note } from './output.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Turns Ctrl-C, systemd's stop and a closed terminal into an AbortSignal; `done` gives the signals back. */
export function onInterruption(what: string): { signal: AbortSignal; done: () => void } {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) note(`quietcore: ${name}: ${what}`)
    controller.abort()
  }
  for (const name of SIGNALS) process.on(name, stop)
  return {
    signal: controller.signal,
    done: () => {
      for (const name of SIGNALS) process.off(name, stop)
    },
  }
}
