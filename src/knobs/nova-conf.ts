import { createHash } from 'node:crypto'
import { MachineError } from '../core/errors.ts'
import { editConf } from '../core/nova/conf/edit.ts'
import type { OptionValues } from '../core/nova/conf/options.ts'
import {
  managedValues,
  type Piece,
  renderManaged,
  type TakenApart,
  takeApart,
} from '../core/nova/conf/remember.ts'
import { restoreText } from '../core/nova/conf/restore.ts'
import type { Json, KnobRef } from '../core/plan/setting.ts'
import type { Ports, Root } from '../host/ports.ts'
import type { Knob } from './knob.ts'
import { readNovaConf } from './read-nova-conf.ts'
import { whyUnreadable } from './refusal.ts'

/** The managed options of one nova.conf; the file is the administrator's. */
export interface NovaConfRef extends KnobRef {
  knob: 'nova-conf'
  path: string
}

/** How the file stood: only what quietcore may write, and a fingerprint of the rest. No password reaches the journal. */
interface Image {
  restSha256: string
  pieces: { at: number; text: string }[]
  lines: { [option: string]: string[] }
  sections: string[]
  ended: boolean
  [key: string]: Json
}

/** The value is a list of `{ section, key, values }`, as JSON carries it. */
export const novaConf: Knob<NovaConfRef> = {
  name: 'nova-conf',
  lifetime: 'disk',
  scope: 'nova-conf',
  read({ path }, { root }) {
    try {
      return { have: renderManaged(managedValues(readNovaConf(path, root), path)) }
    } catch (error) {
      return { unreadable: whyUnreadable(path, error) }
    }
  },
  capture: ({ path }, { root }) => imageOf(readNovaConf(path, root), path),
  write({ path }, value, { root }) {
    const text = editConf(readNovaConf(path, root), value as unknown as OptionValues[], path)
    writeChecked(path, text, root)
    return { lines: imageOf(text, path).lines }
  },
  restore({ path }, before, wrote, ports) {
    return restoreFile(path, before as Image, wrote, ports)
  },
  /** The first image counts as long as nobody else wrote to the file between; else where its pieces stood is not known. */
  join(earlier, later) {
    const [first, second] = [earlier.before as Image, later.before as Image]
    return first.restSha256 === second.restSha256 ? first : { ...first, restSha256: '' }
  },
}

function imageOf(text: string, path: string): Image {
  const { rest, pieces, lines, sections, ended } = takeApart(text, path)
  return {
    restSha256: sha256(rest),
    pieces: pieces.map((piece: Piece) => ({ ...piece })),
    lines: Object.fromEntries(Object.entries(lines).map(([option, list]) => [option, [...list]])),
    sections: [...sections],
    ended,
  }
}

function restoreFile(path: string, before: Image, wrote: Json, { root }: Ports) {
  if (wrote === null) root.discardTemporary(path)
  if (!root.exists(path)) return { outcome: 'gone' as const }
  const now = readNovaConf(path, root)
  const ours = wrote === null ? undefined : (wrote as unknown as { lines: TakenApart['lines'] }).lines
  const { text, foreign } = restoreText(now, path, before, ours, (rest) => sha256(rest) === before.restSha256)
  if (text !== now) writeChecked(path, text, root)
  const found =
    foreign.length === 0 ? {} : { found: `left as somebody else set it since: ${foreign.join(', ')}` }
  if (text !== now) return { outcome: 'restored' as const, ...found }
  return { outcome: foreign.length > 0 ? ('foreign' as const) : ('unchanged' as const), ...found }
}

/** @throws MachineError for a file system that does not let it be written */
function writeChecked(path: string, text: string, root: Root): void {
  try {
    root.writeFile(path, text)
  } catch (error) {
    throw new MachineError({
      code: 'cannot-write-nova-conf',
      message: error instanceof Error ? error.message : `${path} cannot be written`,
      place: { file: path },
      next: 'Make the file and its folder writable for root (a read-only mount, chattr +i, or a container), then try again.',
      cause: error,
    })
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
