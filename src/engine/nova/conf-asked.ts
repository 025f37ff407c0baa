import type { Json } from '../../core/plan/setting.ts'
import type { Ports } from '../../host/ports.ts'
import type { NovaConfRef } from '../../knobs/nova-conf.ts'
import { readJournal } from '../active.ts'
import { Journal } from '../journal/journal.ts'
import { type Held, refKey } from '../journal/records.ts'
import type { ConfRequest } from './conf-request.ts'

/** What a call says of the file beside its path and the profile. */
type Asked = Omit<ConfRequest, 'path' | 'profile'>

/**
 * Keeps in the journal what an apply asked for, beside what it holds of the file: without that, an option that only the
 * call named would be missed by nobody. A file that was as wanted from the start is not held, and nothing is kept.
 * The caller holds the lock.
 */
export function keepAsked(request: ConfRequest, ports: Ports): void {
  const journal = new Journal(ports.root)
  const { settled } = journal.read()
  const asked = plain(request)
  const held = settled.held.map((one): Held => (holds(one, request.path) ? { ...one, asked } : one))
  if (JSON.stringify(held) !== JSON.stringify(settled.held)) journal.settle({ ...settled, held })
}

/** The request as it was applied to this file, unless this one names something itself. */
export function asApplied(request: ConfRequest, ports: Ports): ConfRequest {
  if (JSON.stringify(plain(request)) !== JSON.stringify(ASKED_NOTHING)) return request
  const held = readJournal(ports).settled.held.find((one) => holds(one, request.path))
  return held?.asked === undefined ? request : { ...request, ...(held.asked as unknown as Asked) }
}

const ASKED_NOTHING: Asked = { reservedHugePages: [], skip: [] }

function plain({ path: _, profile: __, reservedHugePages, skip, ...named }: ConfRequest): Json {
  return { reservedHugePages: [...reservedHugePages], skip: [...skip], ...named }
}

function holds({ ref }: Held, path: string): boolean {
  const wanted: NovaConfRef = { knob: 'nova-conf', path }
  return refKey(ref) === refKey(wanted)
}
