import { bootloader } from './bootloader.ts'
import type { SettingKind } from './kind.ts'

/** All kinds of settings. A new one is a file here and a line in this list. */
export const KINDS: readonly SettingKind[] = [bootloader]

const BY_TYPE = new Map(KINDS.map((kind) => [kind.type, kind]))

/** The kind that answers for a unit's type, or undefined when quietcore does not know the type. */
export function kindOf(type: string): SettingKind | undefined {
  return BY_TYPE.get(type)
}

/** Every unit type that quietcore knows. */
export const SECTION_TYPES: ReadonlySet<string> = new Set(KINDS.map(({ type }) => type))
