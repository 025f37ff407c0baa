import { beforeEach } from 'vitest'

/** After this moment, seconds since 1970, no further test begins: CI has a time of its own. */
const DEADLINE_S = Number(process.env.QUIETCORE_VM_DEADLINE ?? Number.POSITIVE_INFINITY)

export function isOver(): boolean {
  return Date.now() / 1000 > DEADLINE_S
}

beforeEach(({ skip }) => skip(isOver(), 'the time of this run is over (QUIETCORE_VM_DEADLINE)'))
