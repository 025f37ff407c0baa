import { InputError } from '../core/errors.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import { isHeld } from '../knobs/held-file.ts'
import { CPU } from './cpu-devices.ts'
import type { Machine } from './kind.ts'
import { alternatives, optionOf } from './section.ts'

const FILE = '/dev/cpu_dma_latency'
const STATES = `${CPU}/cpu0/cpuidle`
const CSTATE = /^cstate\.(id|name)(_no_zero)?:(.+)$/

/**
 * The C-state limit that a unit wants, µs; undefined when it wants none (`none`, no option) or when none of its
 * alternatives is on this machine. What quietcore.service holds in /dev/cpu_dma_latency.
 * @throws InputError `bad-force-latency`
 */
export function wantedDmaLatencyUs(unit: Unit, machine: Machine): number | undefined {
  const option = optionOf(unit, 'force_latency')
  if (option === undefined) return undefined
  for (const one of alternatives(option)) {
    if (one.toLowerCase() === 'none') return undefined
    const latencyUs = /^\d+$/.test(one) ? Number(one) : stateLatencyUs(one, option, machine)
    if (latencyUs !== undefined) return latencyUs
  }
  return undefined
}

/** The effective limit, which only a process that holds the file open brings about. */
export function latencySettings(unit: Unit, machine: Machine): { settings: Setting[]; warnings: Warning[] } {
  const option = optionOf(unit, 'force_latency')
  if (option === undefined) return { settings: [], warnings: [] }
  const limitUs = wantedDmaLatencyUs(unit, machine)
  const wantsNone = alternatives(option)[0]?.toLowerCase() === 'none'
  if (limitUs === undefined && wantsNone) return { settings: [], warnings: [] }
  const reason = whyNot(option, limitUs, machine)
  const setting: Setting = {
    id: 'cpu:force_latency',
    section: unit.name,
    target: FILE,
    want: limitUs === undefined ? option.value : String(limitUs),
    effect: 'now',
    compare: 'at-most',
    knob: { knob: 'held-file', path: FILE },
    ...(reason === undefined ? {} : { unsupported: reason }),
  }
  const needsService = limitUs !== undefined && hasIdleStates(machine) && !canBeHeld(machine)
  return { settings: [setting], warnings: needsService ? [serviceWarning(limitUs, option)] : [] }
}

function whyNot(option: ProfileOption, limitUs: number | undefined, machine: Machine): string | undefined {
  if (!hasIdleStates(machine))
    return 'no C-states: the kernel has no idle driver here, so there is nothing to limit'
  if (limitUs === undefined) return `no C-state of this machine is meant by ${option.value} (see ${STATES})`
  if (canBeHeld(machine)) return undefined
  return `the limit lasts only while a process holds ${FILE} open; quietcore.service does (\`systemctl enable --now quietcore\`)`
}

function serviceWarning(limitUs: number, { place }: ProfileOption): Warning {
  return {
    code: 'cpu-dma-latency-needs-service',
    message: `force_latency: a limit of ${limitUs} µs on C-states lasts only while a process holds ${FILE} open; quietcore.service does: systemctl enable --now quietcore`,
    place,
  }
}

/** The service starts the process that holds it; that process outlives it. */
function canBeHeld({ service, ports: { root } }: Machine): boolean {
  return service || isHeld(root)
}

/** An idle driver with nothing deeper than state0 (polling, or a hypervisor's halt) has no C-states to limit. */
function hasIdleStates({ ports: { root } }: Machine): boolean {
  const driver = root.readTextIfThere(`${CPU}/cpuidle/current_driver`)?.trim()
  return driver !== 'none' && root.exists(`${STATES}/state1`)
}

/** `cstate.id:N`, `cstate.name:X`; with `_no_zero` a state of latency 0 does not count. */
function stateLatencyUs(
  text: string,
  { value, place }: ProfileOption,
  { ports: { root } }: Machine,
): number | undefined {
  const match = CSTATE.exec(text)
  if (!match || (match[1] === 'id' && !/^\d+$/.test(match[3]!))) {
    throw new InputError({
      code: 'bad-force-latency',
      message: `'${text}' in force_latency=${value} is no C-state limit`,
      place,
      next: 'Write microseconds, cstate.id:N, cstate.id_no_zero:N, cstate.name:NAME or none; split alternatives by |.',
    })
  }
  const [, by, noZero, name] = match
  const state =
    by === 'id'
      ? `state${Number(name)}`
      : root.list(STATES).find((one) => root.readTextIfThere(`${STATES}/${one}/name`)?.trim() === name)
  const latency = state === undefined ? undefined : root.readTextIfThere(`${STATES}/${state}/latency`)?.trim()
  if (latency === undefined || !/^\d+$/.test(latency)) return undefined
  return noZero !== undefined && Number(latency) === 0 ? undefined : Number(latency)
}
