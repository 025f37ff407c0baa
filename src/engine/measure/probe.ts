import { MachineError } from '../../core/errors.ts'
import type { Runner } from '../../host/ports.ts'
import type { MeasureTool } from './tool.ts'

/** What this machine's build of a tool says of itself. */
export interface ToolProbe {
  /** null when the tool has no way to say it */
  version: string | null
  /** its --help: the options that it has */
  help: string
}

const ASK_TIMEOUT_MS = 10_000

/**
 * Asks a tool for its options and version.
 * @throws MachineError `no-such-program` with the Debian and RHEL package that has it
 */
export async function probeTool(tool: MeasureTool, runner: Runner): Promise<ToolProbe> {
  if (runner.find(tool.program) === undefined) {
    throw new MachineError({
      code: 'no-such-program',
      message: `${tool.name} cannot run: the program '${tool.program}' is not installed`,
      next: `Install it: 'apt install ${tool.packages.debian}' (Debian, Ubuntu) or 'dnf install ${tool.packages.rhel}' (RHEL, Fedora).`,
    })
  }
  const help = await ask(tool.help, runner)
  const version = tool.version === null ? null : readVersion(await ask(tool.version, runner))
  return { help, version }
}

/** Usage goes to stdout or stderr, with exit 0 or 1, by version and tool. */
async function ask(argv: readonly string[], runner: Runner): Promise<string> {
  const { stdout, stderr } = await runner.run(argv, { timeoutMs: ASK_TIMEOUT_MS })
  return `${stdout}\n${stderr}`
}

/** `cyclictest V 2.40`, `oslat V 2.40`, `rtla version 6.1`. */
export function readVersion(text: string): string | null {
  return /\b(?:V|[Vv]ersion) (\d[\w.]*)/.exec(text)?.[1] ?? null
}
