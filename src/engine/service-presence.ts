import type { Root } from '../host/ports.ts'
import { processStartTicks } from '../host/process-start.ts'

/** Says which process is the service. Its socket alone does not: it stays when the service is killed. */
export const SERVICE_PRESENCE = '/run/quietcore/daemon'

/** Whether quietcore.service runs on this machine now, and holds files open for it. */
export function serviceRuns(root: Root): boolean {
  const text = root.readTextIfThere(SERVICE_PRESENCE)
  if (text === undefined) return false
  try {
    const { pid, startTicks } = JSON.parse(text) as { pid: number; startTicks: string }
    return Number.isInteger(pid) && processStartTicks(pid) === startTicks
  } catch {
    return false
  }
}
