import type { Comparison } from '../core/plan/compare.ts'

/**
 * How a module parameter's value is compared: the kernel shows booleans as Y or N whatever was written
 * (param_get_bool in kernel/params.c), and integers in decimal.
 */
export function parameterComparison(shown: string, want: string): Comparison {
  const text = shown.trim()
  if (/^[YN]$/.test(text)) return 'boolean'
  return /^-?\d+$/.test(text) && /^-?(?:\d+|0x[0-9a-f]+)$/i.test(want.trim()) ? 'number' : 'text'
}
