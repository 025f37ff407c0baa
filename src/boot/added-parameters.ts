import type { Root } from '../host/ports.ts'

/**
 * Where our parameters stand on lines that are also the administrator's, this file tells ours from theirs, so that
 * `off` never takes away a parameter that only looks like ours.
 */
const PATH = '/var/lib/quietcore/boot-parameters'

export interface AddedParameters {
  /** as asked for */
  parameters: string
  /** what was added to each file: less, where the administrator had some already */
  files: Readonly<Record<string, string>>
}

export const ADDED_PARAMETERS_FILE = PATH

/** Undefined when we have added nothing, and when the file is not one of ours. */
export function readAdded(root: Root): AddedParameters | undefined {
  const text = root.readTextIfThere(PATH)
  if (text === undefined) return undefined
  try {
    const { parameters, files } = JSON.parse(text) as Partial<AddedParameters>
    return typeof parameters === 'string' && files ? { parameters, files } : undefined
  } catch {
    // Half a file cannot be: it is written by rename. Somebody else's is as good as none.
    return undefined
  }
}

/** Written before the lines are changed: a parameter that is listed and not there is no harm, the opposite is. */
export function writeAdded(root: Root, added: AddedParameters | undefined): void {
  if (added === undefined) root.remove(PATH)
  else root.writeFile(PATH, `${JSON.stringify({ schemaVersion: 1, ...added }, null, 1)}\n`, 0o644)
}
