import { MachineError } from '../../../core/errors.ts'
import type { Root, Runner } from '../../../host/ports.ts'
import type { MeasureTool } from '../tool.ts'
import { captureTracing, type TracingState } from './state.ts'

const MOUNT = '/sys/kernel/tracing'

/**
 * Makes sure that tracefs is there (the tools would mount it too, but then nobody knew what it held before) and that
 * this kernel has the tool's tracer, and remembers what tracefs holds.
 * @throws MachineError `no-tracefs`, `no-tracer`
 */
export async function prepareTracing(tool: MeasureTool, root: Root, runner: Runner): Promise<TracingState> {
  const state = captureTracing(root) ?? (await mounted(root, runner))
  if (state === undefined) {
    throw new MachineError({
      code: 'no-tracefs',
      message: `${tool.name} needs tracefs, which is not mounted at ${MOUNT} and could not be mounted`,
      next: `Mount it ('mount -t tracefs nodev ${MOUNT}'), or measure with cyclictest and oslat, which do without.`,
    })
  }
  const tracers = root.readText(`${state.folder}/available_tracers`).trim().split(/\s+/)
  if (tool.tracer === null || tracers.includes(tool.tracer)) return state
  throw new MachineError({
    code: 'no-tracer',
    message: `${tool.name} needs the kernel's ${tool.tracer} tracer, but this kernel only has: ${tracers.join(', ')}`,
    place: { file: `${state.folder}/available_tracers` },
    next: `Boot a kernel with CONFIG_${tool.tracer.toUpperCase()}_TRACER=y (Debian: linux-image-rt-amd64; RHEL: kernel-rt), or leave ${tool.name} out of the suite.`,
  })
}

async function mounted(root: Root, runner: Runner): Promise<TracingState | undefined> {
  if (!root.exists(MOUNT) || runner.find('mount') === undefined) return undefined
  await runner.run(['mount', '-t', 'tracefs', 'nodev', MOUNT], { timeoutMs: 10_000 })
  return captureTracing(root)
}
