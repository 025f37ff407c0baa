import { bracketedWord, type Comparison, matches } from '../core/plan/compare.ts'
import type { Json, KnobRef } from '../core/plan/setting.ts'
import type { Ports, Root } from '../host/ports.ts'
import type { Knob, Reading, Restored } from './knob.ts'
import { orRefused, whyUnreadable } from './refusal.ts'

/** A file of /proc or /sys that is written in place. */
export interface LiveFileRef extends KnobRef {
  knob: 'live-file'
  path: string
  /** how two values of this file are held against each other */
  compare: Comparison
}

/** What `write` leaves for `restore`: our value, and how the file showed it (the kernel may round or rename it). */
export interface Written {
  value: string
  shown: string
  [key: string]: Json
}

export const liveFile: Knob<LiveFileRef> = {
  name: 'live-file',
  lifetime: 'boot',
  read: ({ path }, { root }) => readLive(path, root),
  /** the exact text, null when there is no such file */
  capture: ({ path }, { root }) => root.readTextIfThere(path) ?? null,
  write: ({ path }, value, { root }) => writeLive(path, String(value), root),
  restore: (ref, before, wrote, ports) => restoreLive(ref, before, wrote, ports),
}

/** A file's text without its final white space, or why there is none. */
export function readLive(path: string, root: Root): Reading {
  try {
    const text = root.readTextIfThere(path)
    return text === undefined ? { unsupported: `${path} is not on this machine` } : { have: text.trimEnd() }
  } catch (error) {
    return { unreadable: whyUnreadable(path, error) }
  }
}

/** @throws RefusedError, MachineError */
export function writeLive(path: string, value: string, root: Root): Written {
  orRefused(path, () => root.writeLive(path, `${value}\n`))
  const now = readLive(path, root)
  return { value, shown: 'have' in now ? now.have : value }
}

/** Puts the captured text back, unless somebody else changed the file since. */
export function restoreLive(
  { path, compare }: Pick<LiveFileRef, 'path' | 'compare'>,
  before: Json,
  wrote: Json,
  { root }: Pick<Ports, 'root'>,
): Restored {
  const now = root.readTextIfThere(path)
  if (now === undefined) return { outcome: 'gone' }
  if (typeof before !== 'string' || now === before) return { outcome: 'unchanged' }
  if (wrote !== null && !isOurs(compare, wrote as Written, now.trimEnd())) {
    return equal(compare, before, now)
      ? { outcome: 'unchanged' }
      : { outcome: 'foreign', found: now.trimEnd() }
  }
  root.writeLive(path, root.live ? writable(before) : before)
  return { outcome: 'restored' }
}

function isOurs(compare: Comparison, { value, shown }: Written, now: string): boolean {
  return now === shown || equal(compare, value, now)
}

/** Equality of two values: the bounds of at-least, at-most and within are for wishes, not for this. */
const EQUALITY: Partial<Record<Comparison, Comparison>> = {
  'at-least': 'number',
  'at-most': 'number',
  within: 'cpulist',
  'one-of': 'bracketed',
}

function equal(compare: Comparison, a: string, b: string): boolean {
  return matches(EQUALITY[compare] ?? compare, bracketedWord(a), b)
}

/** `always madvise [never]` is read; `never` is what the kernel takes. */
function writable(text: string): string {
  return /\[[^\]]*\]/.test(text) ? `${bracketedWord(text)}\n` : text
}
