import type { spawnSync as SpawnSync } from 'node:child_process'

/** child_process's own, loaded at its first use: most commands start no process, and it costs each start 5 ms. */
export const spawnSync = ((...args: Parameters<typeof SpawnSync>) =>
  process.getBuiltinModule('node:child_process').spawnSync(...args)) as typeof SpawnSync
