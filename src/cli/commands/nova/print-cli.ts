import type { FlavorPlan, FlavorsPlan } from '../../../engine/nova/flavor-plan.ts'

/** The same by the openstack command line, to be read, kept or pasted into a shell. */
export function openstackCommands({ flavors, microversion }: FlavorsPlan): string {
  const lines = flavors.flatMap((flavor) => commandsFor(flavor).map((words) => words.map(quote).join(' ')))
  if (lines.length === 0) return '# Nothing to do.\n'
  // Without a version the client asks for 2.1, where nova checks no extra spec.
  return [`export OS_COMPUTE_API_VERSION=${microversion}`, ...lines, ''].join('\n')
}

function commandsFor({ name, id, size, difference }: FlavorPlan): string[][] {
  const { vcpus, ramMb, diskGb } = size
  const properties = [...difference.set].flatMap(([key, value]) => ['--property', `${key}=${value}`])
  const removed = difference.remove.flatMap((key) => ['--property', key])
  const numbers = ['--vcpus', String(vcpus), '--ram', String(ramMb), '--disk', String(diskGb)]
  return [
    ...(id === null ? [['openstack', 'flavor', 'create', ...numbers, ...properties, name]] : []),
    ...(removed.length > 0 ? [['openstack', 'flavor', 'unset', ...removed, name]] : []),
    ...(id !== null && properties.length > 0 ? [['openstack', 'flavor', 'set', ...properties, name]] : []),
  ]
}

/** As POSIX shells read it: plain words as they are, everything else in single quotes. */
function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
