import { removeFolder, renameFolder } from '../../host/folders.ts'
import type { Root } from '../../host/ports.ts'
import { PARTIAL_PREFIX, RUNS_FOLDER } from './run-name.ts'

/** File name in the run's folder to content: `run.json`, `latency.stdout`, … */
export type RunFiles = Readonly<Record<string, string | Uint8Array>>

/**
 * Takes a name for a run that is about to begin, so that a disk that is full, read-only or closed to this user is known
 * before twelve hours of measuring. Answers the name, with `-2` behind it where one of that second is there already.
 * @throws MachineError
 */
export function claimRun(root: Root, wanted: string): string {
  let name = wanted
  for (let next = 2; root.exists(`${RUNS_FOLDER}/${name}`); next++) name = `${wanted}-${next}`
  removeFolder(root, partial(RUNS_FOLDER, name))
  root.makeFolder(partial(RUNS_FOLDER, name))
  return name
}

/**
 * Writes a claimed run whole or not at all: every file is on disk (fsync) before the folder gets its name (rename,
 * fsync). Answers the folder.
 * @param into another folder than that of the runs
 * @throws MachineError; nothing is left then
 */
export function writeRun(root: Root, name: string, files: RunFiles, into = RUNS_FOLDER): string {
  try {
    for (const [file, content] of Object.entries(files))
      root.writeFile(`${partial(into, name)}/${file}`, content)
    renameFolder(root, partial(into, name), `${into}/${name}`)
    return `${into}/${name}`
  } catch (error) {
    removeFolder(root, partial(into, name))
    throw error
  }
}

/** Forgets a claimed run that came to nothing. */
export function giveUpRun(root: Root, name: string): void {
  removeFolder(root, partial(RUNS_FOLDER, name))
}

function partial(folder: string, name: string): string {
  return `${folder}/${PARTIAL_PREFIX}${name}`
}
