import { MachineError } from '../../core/errors.ts'
import type { Root } from '../../host/ports.ts'
import type { MeasureTool } from './tool.ts'

/** linux/capability.h */
const CAP_SYS_NICE = 23n

/**
 * Refuses before anything starts, because tools fail late and each in its own way.
 * @throws MachineError `no-privilege`
 */
export function requirePrivilege(tool: MeasureTool, priority: number, root: Root): void {
  const status = root.readText('/proc/self/status')
  if (tool.needs === 'root') {
    if (effectiveUid(status) === 0) return
    throw denied(`${tool.name} writes to tracefs and must be root`)
  }
  if (mayUseRealtime(status, root.readText('/proc/self/limits'), priority)) return
  throw denied(`${tool.name} needs the real-time priority ${priority}, which this user may not use`)
}

/** `Uid:` real, effective, saved, file system (proc_pid_status(5)). */
function effectiveUid(status: string): number {
  return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1] ?? -1)
}

/** CAP_SYS_NICE, or RLIMIT_RTPRIO at least as high (sched(7)). */
export function mayUseRealtime(status: string, limits: string, priority: number): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`)
  if ((effective >> CAP_SYS_NICE) & 1n) return true
  const limit = /^Max realtime priority\s+(\S+)/m.exec(limits)?.[1] ?? '0'
  return limit === 'unlimited' || Number(limit) >= priority
}

function denied(message: string): MachineError {
  return new MachineError({
    code: 'no-privilege',
    message,
    next: 'Run it as root (sudo quietcore validate …).',
  })
}
