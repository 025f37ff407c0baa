import { formatPlace, type Place } from '../core/errors.ts'
import type { Warning } from '../core/warning.ts'
import type { Root } from '../host/ports.ts'
import { parameterPath } from '../knobs/module-parameter.ts'
import type { ModuleWish } from './modprobe.ts'

const NANOSECONDS = 'lapic_timer_advance_ns'
const SWITCH = 'lapic_timer_advance'

/**
 * The advance of the guest's timer interrupt has one of two names: `lapic_timer_advance_ns` (a number, -1 adaptive, 0
 * off) up to Linux 6.x, then the switch `lapic_timer_advance` (adaptive or off). A wish for either becomes one for what
 * this kernel has. Other wishes pass through.
 */
export function timerAdvance(
  wish: ModuleWish,
  place: Place,
  root: Root,
): { wish?: ModuleWish; warning?: Warning } {
  if (wish.module !== 'kvm' || (wish.parameter !== NANOSECONDS && wish.parameter !== SWITCH)) return { wish }
  if (root.exists(parameterPath(wish))) return { wish }
  // Not loaded yet, as early in a boot: nobody knows its names. The kernel leaves out an option that it has not got.
  if (!root.exists('/sys/module/kvm')) return { wish }
  const parameter = wish.parameter === SWITCH ? NANOSECONDS : SWITCH
  if (!root.exists(parameterPath({ module: 'kvm', parameter }))) return {}
  const value = wish.parameter === SWITCH ? (isOff(wish.value) ? '0' : '-1') : wish.value === '0' ? 'N' : 'Y'
  const translated = { module: 'kvm', parameter, value }
  if (wish.parameter === SWITCH || /^(?:0|-1)$/.test(wish.value)) return { wish: translated }
  return {
    wish: translated,
    warning: {
      code: 'kvm-timer-advance-adaptive',
      message: `${formatPlace(place)}: this kernel has no ${NANOSECONDS}; ${SWITCH}=Y lets KVM find the advance itself, so ${wish.value} ns is not used`,
      place,
    },
  }
}

function isOff(value: string): boolean {
  return /^(?:0|n|no|off|false)$/i.test(value)
}
