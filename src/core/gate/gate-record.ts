import type { GateVerdict } from './join-links.ts'
import type { Link } from './link.ts'
import type { SideBySide } from './side-by-side.ts'

/** Raised when a field changes its meaning or goes; new optional fields do not raise it. */
export const GATE_SCHEMA_VERSION = 1

/** All that is known of one look at the chain (docs/schema/gate.schema.json). Every report is made from this alone. */
export interface GateRecord {
  schemaVersion: typeof GATE_SCHEMA_VERSION
  quietcoreVersion: string
  /** ISO 8601, UTC */
  startedAt: string
  durationS: number
  host: { name: string; kernel: string }
  /** the profile that the host is held against; null when there is none */
  profile: string | null
  links: readonly Link[]
  /** guests that measured while the host was watched, or whose last run is set beside the host's */
  sideBySide: readonly SideBySide[]
  verdict: GateVerdict
}
