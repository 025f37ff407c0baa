import { serviceMetrics } from '../../core/report/service-metrics.ts'
import type { Ports } from '../../host/ports.ts'
import type { Service } from '../service-state.ts'
import { openLastRuns } from './last-runs.ts'
import { openMissedRuns } from './missed-runs.ts'

/** Answers the metrics of the service as they are now. */
export function openMetricsText(service: Service, { root }: Pick<Ports, 'root'>): () => string {
  const lastRuns = openLastRuns(root)
  const missedRuns = openMissedRuns(root)
  return () => {
    const snapshot = service.snapshot()
    return serviceMetrics(snapshot, lastRuns(snapshot.lastVerdicts), missedRuns())
  }
}
