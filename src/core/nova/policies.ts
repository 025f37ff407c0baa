import type { Flavor, ImageProperties } from './flavor.ts'
import { pythonInt } from './python-values.ts'
import { NovaRefusal } from './refusal.ts'
import { NEWEST, type Release, SINCE } from './release.ts'

const CPU_POLICIES = ['dedicated', 'shared', 'mixed']
const THREAD_POLICIES = ['prefer', 'isolate', 'require']
const EMULATOR_POLICIES = ['isolate', 'share']

/** The flavor's CPU policy with the image's (nova/virt/hardware.py get_cpu_policy_constraint). */
export function cpuPolicy({ specs }: Flavor, image: ImageProperties, mixedKnown = true): string | undefined {
  const [own, its] = [specs.get('hw:cpu_policy'), image.get('hw_cpu_policy')]
  const known = mixedKnown ? CPU_POLICIES : CPU_POLICIES.filter((one) => one !== 'mixed')
  for (const [value, source] of [
    [own, 'flavor extra specs'],
    [its, 'image properties'],
  ] as const) {
    if (value && !known.includes(value)) {
      throw new NovaRefusal(
        'InvalidCPUAllocationPolicy',
        `CPU policy requested from '${source}' (${value}) is not one of ${known.join(', ')}`,
      )
    }
  }
  const forbidden =
    (own === 'mixed' && its === 'dedicated') || (own === 'shared' && (its === 'mixed' || its === 'dedicated'))
  if (forbidden) {
    throw new NovaRefusal(
      'ImageCPUPinningForbidden',
      "the image's hw_cpu_policy conflicts with hw:cpu_policy",
    )
  }
  return own || its || undefined
}

/** get_cpu_thread_policy_constraint */
export function threadPolicy({ specs }: Flavor, image: ImageProperties): string | undefined {
  const [own, its] = [specs.get('hw:cpu_thread_policy'), image.get('hw_cpu_thread_policy')]
  for (const value of [own, its]) {
    if (value && !THREAD_POLICIES.includes(value)) {
      throw new NovaRefusal(
        'InvalidCPUThreadAllocationPolicy',
        `CPU thread policy '${value}' is not one of ${THREAD_POLICIES.join(', ')}`,
      )
    }
  }
  if (own === undefined || own === 'prefer') return own || its
  if (its && its !== own) {
    throw new NovaRefusal(
      'ImageCPUThreadPolicyForbidden',
      "the image's hw_cpu_thread_policy conflicts with hw:cpu_thread_policy",
    )
  }
  return own
}

/** get_emulator_thread_policy_constraint: unknown before Pike, isolate alone before Rocky. */
export function emulatorPolicy({ specs }: Flavor, release: Release = NEWEST): string | undefined {
  const policy = specs.get('hw:emulator_threads_policy')
  if (!policy || release.major < SINCE.emulatorThreads) return undefined
  const share = release.major >= SINCE.emulatorThreadsShare
  const known = EMULATOR_POLICIES.filter((one) => share || one !== 'share')
  if (known.includes(policy)) return policy
  throw new NovaRefusal(
    'InvalidEmulatorThreadsPolicy',
    `CPU emulator threads policy '${policy}' is not one of ${known.join(', ')}`,
  )
}

/** The count that `resources:PCPU` or `resources:VCPU`, in whichever numbered group, ask for. */
export function requestedCount({ specs }: Flavor, resource: 'VCPU' | 'PCPU'): number {
  let count = 0
  for (const [key, value] of specs) {
    // As nova's re.match: anchored at the start only, so `resources:PCPU_X` counts too.
    if (new RegExp(`^resources(?:[1-9][0-9]*)?:${resource}`).test(key)) count += pythonInt(value) ?? 0
  }
  return count
}

/** `required`, `forbidden` or undefined: the trait that asks for, or against, hardware threads. */
export function hyperthreadingTrait({ specs }: Flavor, image: ImageProperties): string | undefined {
  for (const [key, value] of specs) {
    if (/^trait(?:[1-9][0-9]*)?:HW_CPU_HYPERTHREADING/.test(key)) return value
  }
  return image.get('trait:HW_CPU_HYPERTHREADING') === 'required' ? 'required' : undefined
}
