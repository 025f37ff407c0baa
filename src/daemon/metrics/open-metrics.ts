import { describeError } from '../../core/errors.ts'
import type { Ports } from '../../host/ports.ts'
import type { Service } from '../service-state.ts'
import { openMetricsText } from './metrics-text.ts'

/** In a folder and of a mode that node_exporter, which is not root, can read. */
export const METRICS_FILE = '/run/quietcore/metrics.prom'

export interface Metrics {
  /** writes them at once, where something has changed */
  refresh(): void
  /** no service, no metrics: what is stale must not look alive */
  close(): void
}

/** Keeps /run/quietcore/metrics.prom as the service is, written whole on each change and never by a timer. */
export function openMetrics(service: Service, ports: Ports): Metrics {
  const text = openMetricsText(service, ports)
  let written: string | undefined
  let failed = false
  let soon: NodeJS.Immediate | undefined

  function refresh(): void {
    clearImmediate(soon)
    soon = undefined
    try {
      const now = text()
      if (now === written) return
      ports.root.writeFile(METRICS_FILE, now, 0o644)
      written = now
      failed = false
    } catch (error) {
      // Said once until it works again: a full disk must not fill the journal, too.
      if (!failed) ports.log.write('error', `the metrics could not be written: ${describeError(error)}`)
      failed = true
    }
  }

  // A change of phase comes with others: all of one moment are one write.
  const stop = service.onChange(() => {
    soon ??= setImmediate(refresh)
  })
  refresh()
  return {
    refresh,
    close() {
      stop()
      clearImmediate(soon)
      ports.root.remove(METRICS_FILE)
    },
  }
}
