import { sameUnit } from '../core/cmdline/meaning.ts'
import { ruleOf } from '../core/cmdline/parameter-table.ts'
import { type ParameterUnit, parseUnits } from '../core/cmdline/units.ts'
import type { Json } from '../core/plan/setting.ts'
import { type Knob, RefusedError } from './knob.ts'

export interface RunningParameterRef {
  knob: 'running-parameter'
  /** one parameter as wanted, or a page size with its count: `isolcpus=domain,2-3`, `hugepagesz=1G hugepages=8` */
  wanted: string
  [key: string]: Json
}

/** A parameter of the running kernel. Only looked at: it changes by the boot loader and a reboot. */
export const runningParameter: Knob<RunningParameterRef> = {
  name: 'running-parameter',
  lifetime: 'boot',
  read({ wanted }, { root }) {
    const line = root.readTextIfThere('/proc/cmdline')
    if (line === undefined) return { unreadable: '/proc/cmdline is not there' }
    const [unit] = parseUnits(wanted)
    const counting = unit && countingUnit(unit, parseUnits(line))
    // The same meaning in other words reads as what is wanted, so that it compares equal.
    return { have: counting === undefined ? '' : sameUnit(counting, unit!) ? wanted : counting.text }
  },
  capture: () => null,
  write(): never {
    throw new RefusedError('the command line of a running kernel cannot be changed; it takes a reboot')
  },
  restore: () => ({ outcome: 'unchanged' }),
}

/** The one that counts when a parameter stands several times on the line. */
function countingUnit(wanted: ParameterUnit, line: readonly ParameterUnit[]): ParameterUnit | undefined {
  const same = line.filter(({ key }) => key === wanted.key)
  const { repeated } = ruleOf(wanted.parameter.name)
  if (repeated === 'first-wins') return same[0]
  return (repeated === 'all-count' && same.find((one) => sameUnit(one, wanted))) || same.at(-1)
}
