import { matches } from '../core/plan/compare.ts'
import type { ObservedSetting, Setting } from '../core/plan/setting.ts'
import type { Ports } from '../host/ports.ts'
import { knobFor } from '../knobs/knobs.ts'
import type { Refusal } from './journal/records.ts'
import { withoutMeasuring } from './without-measuring.ts'

/** Looks at the machine for each setting, and says how it stands. Writes nothing. */
export async function observe(
  settings: readonly Setting[],
  ports: Ports,
  refusals: readonly Refusal[],
): Promise<ObservedSetting[]> {
  const refused = new Map(refusals.map((refusal) => [refusal.id, refusal.reason]))
  const seen: ObservedSetting[] = []
  const tuned = withoutMeasuring(ports)
  for (const setting of settings) seen.push(await look(setting, tuned, refused.get(setting.id)))
  return seen.map((one) => carried(one, seen))
}

async function look(setting: Setting, ports: Ports, refusal: string | undefined): Promise<ObservedSetting> {
  if (setting.unsupported !== undefined) {
    return { setting, have: null, state: 'unsupported', reason: setting.unsupported }
  }
  const reading = await knobFor(setting.knob).read(setting.knob, ports)
  if ('unsupported' in reading)
    return { setting, have: null, state: 'unsupported', reason: reading.unsupported }
  if ('unreadable' in reading) return { setting, have: null, state: 'unreadable', reason: reading.unreadable }
  if (matches(setting.compare, setting.want, reading.have))
    return { setting, have: reading.have, state: 'ok' }
  if (refusal !== undefined) return { setting, have: reading.have, state: 'unsupported', reason: refusal }
  const why = setting.whenDiffers
  return { setting, have: reading.have, state: 'differs', ...(why === undefined ? {} : { reason: why }) }
}

/** A setting that another one brings about at the next boot only waits once that one is in place. */
function carried(one: ObservedSetting, all: readonly ObservedSetting[]): ObservedSetting {
  const carrier = one.setting.carriedBy
  if (one.state !== 'differs' || carrier === undefined) return one
  const there = all.find(({ setting }) => setting.id === carrier)
  if (there?.state !== 'ok') return one
  return { ...one, state: 'pending-reboot', reason: `${there.setting.target} has it for the next boot` }
}
