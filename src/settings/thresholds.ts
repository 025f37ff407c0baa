import type { SettingKind } from './kind.ts'

/** `[thresholds]`: what the measured latency must be. It changes nothing on the machine; validation reads it. */
export const thresholds: SettingKind = {
  type: 'thresholds',
  settings: () => ({ settings: [], warnings: [] }),
}
