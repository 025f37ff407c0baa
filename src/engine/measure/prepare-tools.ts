import type { Suite } from '../../core/suite/suite.ts'
import type { Ports } from '../../host/ports.ts'
import { requirePrivilege } from './privilege.ts'
import { probeTool, type ToolProbe } from './probe.ts'
import type { MeasureTool } from './tool.ts'
import { findTool } from './tools.ts'
import { restoreKeptTracing } from './tracing/kept-state.ts'
import { prepareTracing } from './tracing/prepare.ts'

export interface PreparedTool {
  tool: MeasureTool
  probe: ToolProbe
}

/** cyclictest's and timerlat's own default here; oslat and osnoise ask for less. */
const PRIORITY = 95

/**
 * Everything that a suite needs of this machine, asked before the first tool starts: a run of twelve hours must not
 * fail at its second step for a missing program.
 * @throws MachineError `no-such-program`, `no-privilege`, `no-tracefs`, `no-tracer`, `bad-tracing-state`
 */
export async function prepareTools(
  suite: Suite,
  ports: Pick<Ports, 'root' | 'runner'>,
): Promise<ReadonlyMap<string, PreparedTool>> {
  const prepared = new Map<string, PreparedTool>()
  restoreKeptTracing(ports.root)
  for (const step of suite.steps) {
    const tool = findTool(step.tool)
    const probe = prepared.get(tool.name)?.probe ?? (await probeTool(tool, ports.runner))
    requirePrivilege(tool, step.priority ?? PRIORITY, ports.root)
    if (tool.tracer !== null && !prepared.has(tool.name)) await prepareTracing(tool, ports.root, ports.runner)
    prepared.set(tool.name, { tool, probe })
  }
  return prepared
}
