import type { Constraints } from './constraints.ts'
import type { Flavor, ImageProperties } from './flavor.ts'
import type { LintFinding } from './lint.ts'
import { maskTraps } from './mask-traps.ts'
import { pageTraps } from './page-traps.ts'
import { isBooleanWord, isTrue } from './python-values.ts'
import { type Release, SINCE } from './release.ts'
import { topologyTraps } from './topology-traps.ts'

/**
 * What nova takes without a word and what does not do what it says, then what a real-time guest misses.
 * @param constraints undefined when the boot is refused
 */
export function traps(
  flavor: Flavor,
  image: ImageProperties,
  constraints: Constraints | undefined,
  release: Release,
): LintFinding[] {
  const found = [
    ...unscopedKeys(flavor),
    ...maskTraps(flavor, image, release),
    ...pageTraps(flavor, constraints),
    ...topologyTraps(flavor),
    ...emulatorTraps(flavor, constraints),
  ]
  return constraints?.realtime === undefined ? found : [...found, ...realtimeAdvice(flavor, release)]
}

function unscopedKeys({ specs }: Flavor): LintFinding[] {
  return [...specs.keys()].flatMap((key): LintFinding[] => {
    if (key.includes(':') || key === 'hide_hypervisor_id' || key === 'group_policy') return []
    const scoped = key.startsWith('hw_') ? `hw:${key.slice(3)}` : undefined
    return [
      {
        code: scoped ? 'image-property-in-flavor' : 'no-namespace',
        severity: 'error',
        key,
        message: scoped
          ? `'${key}' is the name of an image property: in a flavor nova takes it and does nothing with it, and the aggregate filter may find no host`
          : `'${key}' has no namespace: nova takes it as it is, and only the aggregate filters read it`,
        ...(scoped ? { fix: scoped } : {}),
      },
    ]
  })
}

function emulatorTraps({ specs }: Flavor, constraints: Constraints | undefined): LintFinding[] {
  const pinned =
    constraints === undefined || constraints.cells?.some((cell) => cell.pinned.length > 0) === true
  if (specs.get('hw:emulator_threads_policy') !== 'share' || pinned) return []
  return [
    {
      code: 'emulator-policy-without-pinning',
      severity: 'error',
      key: 'hw:emulator_threads_policy',
      message: 'hw:emulator_threads_policy=share does nothing for a guest whose vCPUs are not pinned',
      fix: 'hw:cpu_policy=dedicated',
    },
  ]
}

/** What the audit of the running guest would find (docs/openstack.md), said already of its flavor. */
function realtimeAdvice({ specs }: Flavor, release: Release): LintFinding[] {
  const found: LintFinding[] = []
  const advise = (code: string, key: string, message: string, fix: string): void => {
    found.push({ code, severity: 'advice', key, message, fix })
  }
  if (!specs.get('hw:mem_page_size')) {
    advise(
      'realtime-without-hugepages',
      'hw:mem_page_size',
      'a real-time guest on small pages takes page-table walks and faults on its vCPUs',
      'hw:mem_page_size=1GB',
    )
  }
  if (!specs.get('hw:emulator_threads_policy') && release.major >= SINCE.emulatorThreadsShare) {
    advise(
      'emulator-on-vcpu-cpus',
      'hw:emulator_threads_policy',
      "QEMU's own threads run on the CPUs of the vCPUs that are not real-time: a spinning real-time vCPU can wait for a lock whose holder is preempted there",
      'hw:emulator_threads_policy=share, with [compute] cpu_shared_set on the hosts',
    )
  }
  const pmuOn = !isBooleanWord(specs.get('hw:pmu') ?? '') || isTrue(specs.get('hw:pmu'))
  if (pmuOn && release.major >= SINCE.pmu) {
    advise(
      'pmu-on',
      'hw:pmu',
      "the guest's performance counters cost exits and non-maskable interrupts on real-time vCPUs",
      'hw:pmu=false',
    )
  }
  return found
}
