import type { SettingKind } from './kind.ts'
import { optionOf, optionWarnings, unquoted } from './section.ts'

/**
 * `[script]`: executables of the profile, called with `start`, `verify` and `stop full_rollback`, and given the
 * profile's variables as `TUNED_name`. Several are split by `;`, as after a merge.
 *
 * @example
 * [script]
 * script=${i:PROFILE_DIR}/script.sh
 */
export const script: SettingKind = {
  type: 'script',
  settings(unit, _machine, variables = new Map()) {
    const warnings = optionWarnings(unit, ['script'])
    const option = optionOf(unit, 'script')
    if (option === undefined) return { settings: [], warnings }
    const env = Object.fromEntries([...variables].map(([name, value]) => [`TUNED_${name}`, value]))
    const paths = unquoted(option.value)
      .split(/[;\n]/)
      .map((path) => path.trim())
      .filter(Boolean)
    const settings = [...new Set(paths)].map((path) => ({
      id: `script:${path}`,
      section: unit.name,
      target: path,
      want: 'ok',
      effect: 'now' as const,
      compare: 'text' as const,
      knob: { knob: 'script', path, env },
    }))
    return { settings, warnings }
  },
}
