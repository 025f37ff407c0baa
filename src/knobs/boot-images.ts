import { createHash } from 'node:crypto'
import { dirname } from 'node:path/posix'
import type { Root } from '../host/ports.ts'

/** A file as it was; null when it was not there. */
export type Image = { base64: string; mode: number } | null

/** Files and the folders that were not there, so that undo leaves no empty one behind. */
export interface Images {
  files: Record<string, Image>
  missingFolders: string[]
}

export function takeImages(root: Root, paths: readonly string[]): Images {
  const folders = [...new Set(paths.map((path) => dirname(path)))].filter((folder) => !root.exists(folder))
  return {
    files: Object.fromEntries(paths.map((path) => [path, imageOf(root, path)])),
    missingFolders: folders,
  }
}

/** SHA-256 of each file, null for those that are not there. */
export function hashes(root: Root, paths: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(paths.map((path) => [path, hashOf(root.readBytesIfThere(path))]))
}

export function imageHash(image: Image): string | null {
  return image && hashOf(Buffer.from(image.base64, 'base64'))
}

/** Byte for byte as it was, or away. */
export function putImage(root: Root, path: string, image: Image): void {
  if (image === null) root.remove(path)
  else root.writeFile(path, Buffer.from(image.base64, 'base64'), image.mode)
}

export function removeFolders(root: Root, { missingFolders }: Images): void {
  for (const folder of missingFolders) root.removeFolderIfEmpty(folder)
}

function imageOf(root: Root, path: string): Image {
  const bytes = root.readBytesIfThere(path)
  return bytes === undefined
    ? null
    : { base64: bytes.toString('base64'), mode: root.info(path)?.mode ?? 0o644 }
}

function hashOf(bytes: Buffer | undefined): string | null {
  return bytes === undefined ? null : createHash('sha256').update(bytes).digest('hex')
}
