import { removeFolder } from '../../host/folders.ts'
import type { Log, Root } from '../../host/ports.ts'
import { parseRunName, RUNS_FOLDER } from './run-name.ts'
import { claimRun, type RunFiles, writeRun } from './write-run.ts'

/** In memory (tmpfs): where a run waits that the disk did not take. It is gone after a reboot. */
export const UNSAVED_FOLDER = '/run/quietcore/unsaved'

/**
 * Writes a run to the disk; when the disk became full or read-only while it was measured, to memory, because hours of
 * measuring are worth more than order. Answers the folder.
 * @throws MachineError of the disk when memory takes it neither
 */
export function keepRun(root: Root, name: string, files: RunFiles, log: Log): string {
  try {
    return writeRun(root, name, files)
  } catch (error) {
    const folder = inMemory(root, name, files)
    if (folder === undefined) throw error
    log.write(
      'error',
      `the run could not be kept in ${RUNS_FOLDER} (${error instanceof Error ? error.message : error}); it is in ${folder} until a reboot, and moves when the disk takes it`,
    )
    return folder
  }
}

/** Moves runs that wait in memory to the disk, as far as it takes them. @throws MachineError of the disk */
export function saveWaitingRuns(root: Root, log: Log): void {
  for (const waiting of root.list(UNSAVED_FOLDER).filter((name) => parseRunName(name))) {
    const folder = `${UNSAVED_FOLDER}/${waiting}`
    const files = filesOf(root, folder)
    if (!isSaved(root, waiting, files)) {
      const saved = writeRun(root, claimRun(root, waiting), files)
      log.write('info', `the run that waited in memory is now in ${saved}`)
    }
    removeFolder(root, folder)
  }
}

function filesOf(root: Root, folder: string): RunFiles {
  return Object.fromEntries(
    root.list(folder).map((file) => [file, root.readBytesIfThere(`${folder}/${file}`) ?? '']),
  )
}

/** A process that was killed before it removed the one in memory has saved it already. */
function isSaved(root: Root, name: string, files: RunFiles): boolean {
  const saved = root.readBytesIfThere(`${RUNS_FOLDER}/${name}/run.json`)
  const waiting = files['run.json']
  return saved !== undefined && waiting !== undefined && saved.equals(Buffer.from(waiting))
}

function inMemory(root: Root, name: string, files: RunFiles): string | undefined {
  try {
    return writeRun(root, name, files, UNSAVED_FOLDER)
  } catch {
    // The disk's own error says more than that of the second try.
    return undefined
  }
}
