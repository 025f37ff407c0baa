import { posix } from 'node:path'
import type { Look } from '../engine/profile-library.ts'
import type { Root } from '../host/ports.ts'
import { filesBelow, markNow, markOf } from './service-files.ts'

/** What a profile was read from, as it stood when it was read. Plain data. */
export interface ProfileRead {
  /** marks by machine path; also of files that were looked for and are not there */
  marks: Readonly<Record<string, string>>
  /** where profiles lie; their scripts lie beside them */
  folders: readonly string[]
}

export const NOTHING_READ: ProfileRead = { marks: {}, folders: [] }

/** Takes the marks while a profile is read: of two readings of a file the first counts, so nothing later is lost. */
export class ProfileReading {
  readonly #root: Root
  readonly #marks = new Map<string, string>()
  readonly #folders = new Set<string>()

  constructor(root: Root) {
    this.#root = root
  }

  readonly look: Look = (path, text, kind) => {
    this.#mark(path, () => markOf(text))
    if (text === undefined || kind === 'include') return
    const folder = posix.dirname(path)
    this.#folders.add(folder)
    for (const file of filesBelow(this.#root, folder, 1)) this.#mark(file, () => markNow(this.#root, file))
  }

  get read(): ProfileRead {
    return { marks: Object.fromEntries(this.#marks), folders: [...this.#folders] }
  }

  #mark(path: string, mark: () => string): void {
    if (!this.#marks.has(path)) this.#marks.set(path, mark())
  }
}
