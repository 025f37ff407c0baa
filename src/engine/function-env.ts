import { chooseIsolatedCores } from '../core/cpu/choose-isolated.ts'
import type { FunctionEnv } from '../core/profile/functions/env.ts'
import type { Root } from '../host/ports.ts'
import type { Machine } from '../settings/kind.ts'
import { factsAsProgram } from './facts-as-programs.ts'

/** A program that a profile asks something of answers at once; one that does not must not hold the machine up. */
const EXEC_TIMEOUT_MS = 10_000

/** What the functions of the profile language may know of this machine. */
export function functionEnv({ facts, ports: { root, runner } }: Machine): FunctionEnv {
  return {
    facts,
    exec(argv) {
      const isThere = runner.find(argv[0]!) !== undefined
      // Run inside another machine's tree, uname would tell of the kernel that runs here.
      const answer = root.live && isThere ? undefined : (factsAsProgram(argv, facts) ?? cat(argv, root))
      if (answer !== undefined || !isThere) return answer
      const { exitCode, stdout } = runner.runSync(argv, { timeoutMs: EXEC_TIMEOUT_MS })
      return exitCode === 0 ? stdout : undefined
    },
    readText: (path) => root.readTextIfThere(path),
    list: (path) => root.list(path),
    chooseIsolatedCores: (housekeepingCores) =>
      chooseIsolatedCores(
        facts.cpu,
        housekeepingCores === undefined ? {} : { housekeepingCoresPerNode: housekeepingCores },
      ).toString(),
  }
}

/** `cat FILE` needs no program of another machine's tree. */
function cat([program, ...files]: readonly string[], root: Root): string | undefined {
  if (program !== 'cat' || files.length === 0 || !files.every((file) => file.startsWith('/')))
    return undefined
  const texts = files.map((file) => root.readTextIfThere(file))
  return texts.includes(undefined) ? undefined : texts.join('')
}
