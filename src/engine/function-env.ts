import { chooseIsolatedCores } from '../core/cpu/choose-isolated.ts'
import type { FunctionEnv } from '../core/profile/functions/env.ts'
import type { Machine } from '../settings/kind.ts'

/** A program that a profile asks something of answers at once; one that does not must not hold the machine up. */
const EXEC_TIMEOUT_MS = 10_000

/** What the functions of the profile language may know of this machine. */
export function functionEnv({ facts, ports: { root, runner } }: Machine): FunctionEnv {
  return {
    facts,
    exec(argv) {
      if (runner.find(argv[0]!) === undefined) return undefined
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
