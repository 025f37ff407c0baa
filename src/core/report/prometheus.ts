import type { Reporter } from './reporter.ts'
import { runFamilies } from './run-families.ts'

/** One run in the Prometheus text format 0.0.4, for node_exporter's textfile collector (docs/metrics.md). */
export const prometheusReporter: Reporter = {
  name: 'prometheus',
  extension: 'prom',
  render: (run) => [...runFamilies([run]), ''].join('\n'),
}
