import { removeFolder, renameFolder } from '../../host/folders.ts'
import type { Log, Root } from '../../host/ports.ts'
import { PARTIAL_PREFIX, parseRunName, RUNS_FOLDER, type RunName } from './run-name.ts'

const DAY_MS = 86_400_000

/** A run that was killed between its last file and its name is whole: run.json is written last. */
export function rescueWhole(root: Root, log: Log): void {
  for (const { name } of partials(root)) {
    const folder = folderOf(name)
    if (!root.exists(`${folder}/run.json`) || root.exists(`${RUNS_FOLDER}/${name}`)) continue
    renameFolder(root, folder, `${RUNS_FOLDER}/${name}`)
    log.write('info', `the run ${name} was whole when quietcore was killed, and is kept`)
  }
}

/** The rest of what killed runs left goes a day after they began. */
export function removeAbandoned(root: Root, now: Date, log: Log): void {
  for (const { name, startedAt } of partials(root)) {
    if (now.getTime() - startedAt.getTime() <= DAY_MS) continue
    removeFolder(root, folderOf(name))
    log.write('info', `what was left of the run ${name}, which was killed, is removed`)
  }
}

function partials(root: Root): RunName[] {
  const names = root.list(RUNS_FOLDER).filter((name) => name.startsWith(PARTIAL_PREFIX))
  return names.flatMap((name) => parseRunName(name.slice(PARTIAL_PREFIX.length)) ?? [])
}

function folderOf(name: string): string {
  return `${RUNS_FOLDER}/${PARTIAL_PREFIX}${name}`
}
