import { MachineError } from '../core/errors.ts'
import type { Root } from '../host/ports.ts'
import { processStartTicks } from '../host/process-start.ts'

/** A process: number and start name it for ever. */
export interface Holder {
  pid: number
  startTicks: string
}

/** Taken until `leave`, or the living process that has it (undefined: it is gone again, or is just being cleared). */
export type Place<H extends Holder> = { leave: () => void } | { holder: H | undefined }

/** How often in a row processes may die within the few calls of a takeover before somebody has to clean up by hand. */
const MOST_DEAD = 5

export function thisProcess(): Holder {
  return { pid: process.pid, startTicks: processStartTicks(process.pid) ?? '' }
}

/**
 * Takes a place that one process may have at a time: a file that names it. A dead one's file is removed only by who
 * has the place `takeoverOf(path)`, and after one more look, so that nobody removes what a third has put there meanwhile.
 */
export function takePlace<H extends Holder>(root: Root, path: string, own: H, dead = 0): Place<H> {
  const text = JSON.stringify(own)
  const leave = (): void => {
    if (root.readTextIfThere(path) === text) root.remove(path)
  }
  if (root.createExclusive(path, text)) return { leave }
  if (isDead(root, path)) removeDead(root, path, dead)
  if (root.createExclusive(path, text)) return { leave }
  return { holder: livingHolder<H>(root, path) }
}

/** The place of who may clear a dead one's things away from `path`. */
export function takeoverOf(path: string): string {
  return `${path}.takeover`
}

function removeDead(root: Root, path: string, dead: number): void {
  if (dead === MOST_DEAD) return
  const right = takePlace(root, takeoverOf(path), thisProcess(), dead + 1)
  if (!('leave' in right)) return
  try {
    if (isDead(root, path)) root.remove(path)
  } finally {
    right.leave()
  }
}

/** The living process that has a place; undefined: none, or only root may know. */
export function livingHolder<H extends Holder>(root: Root, path: string): H | undefined {
  try {
    return livingIn<H>(root.readTextIfThere(path))
  } catch (error) {
    if (error instanceof MachineError) return undefined
    throw error
  }
}

/** By one look: between two the file may have become another's. */
function isDead(root: Root, path: string): boolean {
  const text = root.readTextIfThere(path)
  return text !== undefined && livingIn(text) === undefined
}

function livingIn<H extends Holder>(text = ''): H | undefined {
  try {
    const holder = JSON.parse(text) as H
    return processStartTicks(holder.pid) === holder.startTicks ? holder : undefined
  } catch {
    // It appears whole or not at all, so text that cannot be read is nobody's.
    return undefined
  }
}
