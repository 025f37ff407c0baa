import type { BootLoader } from '../boot/loader.ts'
import { loaderNamed } from '../boot/loaders.ts'
import { MachineError } from '../core/errors.ts'
import type { Json } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { hashes, type Images, imageHash, putImage, removeFolders, takeImages } from './boot-images.ts'
import type { Knob, Restored } from './knob.ts'

export interface BootParametersRef {
  knob: 'boot-parameters'
  /** name of the boot loader: `grub-drop-in` */
  loader: string
  [key: string]: Json
}

interface Before {
  ours: string | null
  images: Images
}

/**
 * Our kernel parameters for the next boot. Undo puts every touched file back byte for byte; files that somebody else
 * changed since (an update generated the menu again, a kernel was installed) lose our parameters only.
 */
export const bootParameters: Knob<BootParametersRef> = {
  name: 'boot-parameters',
  lifetime: 'disk',
  read: (ref, ports) => ({ have: loaderOf(ref).ours(ports) ?? '' }),
  capture: (ref, ports) => {
    const loader = loaderOf(ref)
    const images = takeImages(ports.root, loader.touches(ports))
    return { ours: loader.ours(ports) ?? null, images } satisfies Before as unknown as Json
  },
  async write(ref, value, ports) {
    const loader = loaderOf(ref)
    tell(await loader.write(String(value), ports), ports)
    return hashes(ports.root, loader.touches(ports))
  },
  async restore(ref, before, wrote, ports) {
    const loader = loaderOf(ref)
    const was = before as unknown as Before
    const left = wrote as Record<string, string | null> | null
    if (Object.keys(was.images.files).length === 0) return restoreByCommand(loader, was, ports)
    return restoreImages(loader, was, left, ports)
  },
}

async function restoreImages(
  loader: BootLoader,
  { images }: Before,
  left: Record<string, string | null> | null,
  ports: Ports,
): Promise<Restored> {
  const { root } = ports
  // An earlier undo, or the write itself, may have been cut short.
  for (const path of Object.keys(images.files)) root.discardTemporary(path)
  const now = hashes(root, [...new Set([...Object.keys(images.files), ...loader.touches(ports)])])
  const foreign = Object.keys(now).filter((path) => {
    const image = images.files[path]
    if (image === undefined) return now[path] !== null
    return left !== null && now[path] !== left[path] && now[path] !== imageHash(image)
  })
  const ours = Object.keys(images.files).filter((path) => !foreign.includes(path))
  if (foreign.length === 0 && ours.every((path) => now[path] === imageHash(images.files[path]!))) {
    removeFolders(root, images)
    return { outcome: 'unchanged' }
  }
  // First what has to be found by our own list, which is among the files that are put back.
  if (foreign.length > 0) tell(await loader.clear(ports), ports)
  for (const path of ours) putImage(root, path, images.files[path]!)
  removeFolders(root, images)
  if (loader.rebuild) tell(await loader.rebuild(ports), ports)
  return foreign.length === 0
    ? { outcome: 'restored' }
    : { outcome: 'restored', found: changedSince(foreign) }
}

async function restoreByCommand(loader: BootLoader, { ours }: Before, ports: Ports): Promise<Restored> {
  if ((loader.ours(ports) ?? null) === ours) return { outcome: 'unchanged' }
  tell(await (ours === null ? loader.clear(ports) : loader.write(ours, ports)), ports)
  return { outcome: 'restored' }
}

function changedSince(files: readonly string[]): string {
  return `changed by somebody else since, so only quietcore's parameters were taken out: ${files.join(', ')}`
}

function tell(notes: readonly string[], { log }: Ports): void {
  for (const note of notes) log.write('warn', note)
}

function loaderOf({ loader: name }: BootParametersRef): BootLoader {
  const loader = loaderNamed(name)
  if (loader) return loader
  throw new MachineError({
    code: 'unknown-boot-loader',
    message: `no boot loader is called '${name}'`,
    next: 'Was this written by a newer quietcore? Use that version to take it back.',
  })
}
