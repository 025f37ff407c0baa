import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { Json, KnobRef } from '../core/plan/setting.ts'
import type { Ports, Root } from '../host/ports.ts'
import type { Knob, Restored } from './knob.ts'
import { whyUnreadable } from './refusal.ts'
import { restartUnit } from './systemd.ts'

/** A whole file of ours: a drop-in. */
export interface DiskFileRef extends KnobRef {
  knob: 'disk-file'
  path: string
}

interface Image {
  /** null: there was no file */
  base64: string | null
  /** folders that are not there yet and that writing will make, deepest first */
  missingFolders: string[]
  [key: string]: Json
}

export const diskFile: Knob<DiskFileRef> = {
  name: 'disk-file',
  lifetime: 'disk',
  /** an empty text when there is no file */
  read({ path }, { root }) {
    try {
      return { have: root.readTextIfThere(path) ?? '' }
    } catch (error) {
      return { unreadable: whyUnreadable(path, error) }
    }
  },
  capture({ path }, { root }): Image {
    const bytes = root.readBytesIfThere(path)
    return { base64: bytes?.toString('base64') ?? null, missingFolders: missingFolders(dirname(path), root) }
  },
  write(ref, value, ports) {
    ports.root.writeFile(ref.path, String(value), mode(ref))
    tellService(ref, ports)
    return { sha256: sha256(Buffer.from(String(value))) }
  },
  restore(ref, before, wrote, ports) {
    const restored = restoreFile(ref, before as Image, wrote, ports.root)
    if (restored.outcome === 'restored') tellService(ref, ports)
    return restored
  },
}

function restoreFile(ref: DiskFileRef, image: Image, wrote: Json, root: Root): Restored {
  const { path } = ref
  // A crash, of the write or of an earlier undo, may have left the temporary file or folders without the file.
  root.discardTemporary(path)
  const now = root.readBytesIfThere(path)
  const earlier = image.base64 === null ? undefined : Buffer.from(image.base64, 'base64')
  if (same(now, earlier)) {
    removeFolders(image, root)
    return { outcome: 'unchanged' }
  }
  if (wrote !== null && (now === undefined || sha256(now) !== (wrote as { sha256: string }).sha256)) {
    return { outcome: 'foreign', found: now === undefined ? 'no file' : now.toString('utf8') }
  }
  if (earlier) root.writeFile(path, earlier, mode(ref))
  else root.remove(path)
  removeFolders(image, root)
  return { outcome: 'restored' }
}

function removeFolders({ missingFolders }: Image, root: Root): void {
  for (const folder of missingFolders) root.removeFolderIfEmpty(folder)
}

function missingFolders(folder: string, root: Root): string[] {
  const missing: string[] = []
  for (let at = folder; at !== '/' && !root.exists(at); at = dirname(at)) missing.push(at)
  return missing
}

function same(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function mode({ mode }: DiskFileRef): number {
  return typeof mode === 'number' ? mode : 0o644
}

/** `restart` in the reference: the unit that reads the file only when it starts. */
function tellService({ restart }: DiskFileRef, ports: Ports): void {
  if (typeof restart === 'string') restartUnit(restart, ports)
}
