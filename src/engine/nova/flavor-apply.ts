import { InputError, MachineError, QuietcoreError } from '../../core/errors.ts'
import { isMarker } from '../../core/nova/managed-keys.ts'
import type { NovaApi } from '../../host/openstack/nova.ts'
import { type FlavorPlan, type FlavorRequest, type FlavorsPlan, planFlavors } from './flavor-plan.ts'

export interface FlavorsApplied extends FlavorsPlan {
  /** names, in order */
  created: readonly string[]
  changed: readonly string[]
}

/**
 * Creates what is asked for and missing, sets what differs, deletes what quietcore once set and nobody wants now.
 * Stale keys go first and the marker that named them after them, so that a failure on the way leaves them named and
 * the next apply goes on.
 * @throws InputError, MachineError naming how far it came
 */
export async function applyFlavors(request: FlavorRequest, api: NovaApi): Promise<FlavorsApplied> {
  const plan = await planFlavors(request, api)
  const created: string[] = []
  const changed: string[] = []
  for (const flavor of plan.flavors) {
    if (flavor.state === 'ok') continue
    try {
      await applyOne(flavor, api)
    } catch (error) {
      throw withProgress(error, flavor.name, [...created, ...changed])
    }
    ;(flavor.id === null ? created : changed).push(flavor.name)
  }
  return { ...plan, created, changed }
}

async function applyOne({ name, id, size, difference }: FlavorPlan, api: NovaApi): Promise<void> {
  const flavorId = id ?? (await api.create({ name, ...size })).id
  const [markers, stale] = [
    difference.remove.filter(isMarker),
    difference.remove.filter((key) => !isMarker(key)),
  ]
  for (const key of stale) await api.deleteSpec(flavorId, key)
  if (difference.set.size > 0) await api.setSpecs(flavorId, difference.set)
  for (const key of markers) await api.deleteSpec(flavorId, key)
}

function withProgress(error: unknown, name: string, done: readonly string[]): unknown {
  if (!(error instanceof QuietcoreError)) return error
  const after = done.length === 0 ? 'No other flavor was changed.' : `Done before it: ${done.join(', ')}.`
  const init = {
    code: error.code,
    message: `${name}: ${error.message}`,
    next: `${error.next ? `${error.next} ` : ''}${after} Apply again goes on where it stopped.`,
    cause: error,
  }
  return error instanceof InputError ? new InputError(init) : new MachineError(init)
}
