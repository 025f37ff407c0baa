import { removeFolder, renameFolder } from '../../host/folders.ts'
import type { Root } from '../../host/ports.ts'
import { PARTIAL_PREFIX, RUNS_FOLDER } from './run-name.ts'

/** File name in the run's folder to content: `run.json`, `latency.stdout`, … */
export type RunFiles = Readonly<Record<string, string | Uint8Array>>

/**
 * Writes a run whole or not at all: every file is on disk (fsync) before the folder gets its name (rename, fsync).
 * Answers the folder, with `-2` behind the name where one of that second is there already.
 * @throws MachineError when the disk is full, read-only or closed to this user; nothing is left then
 */
export function writeRun(root: Root, name: string, files: RunFiles): string {
  const partial = `${RUNS_FOLDER}/${PARTIAL_PREFIX}${name}`
  removeFolder(root, partial)
  root.makeFolder(partial)
  try {
    for (const [file, content] of Object.entries(files)) root.writeFile(`${partial}/${file}`, content)
    const folder = freeName(root, `${RUNS_FOLDER}/${name}`)
    renameFolder(root, partial, folder)
    return folder
  } catch (error) {
    removeFolder(root, partial)
    throw error
  }
}

function freeName(root: Root, wanted: string): string {
  let name = wanted
  for (let next = 2; root.exists(name); next++) name = `${wanted}-${next}`
  return name
}
