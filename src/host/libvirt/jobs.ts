import type { Disk } from '../../core/domain/domain.ts'
import type { Virsh } from './virsh.ts'

/**
 * What libvirt is doing with each domain: `Outgoing migration`, `Block Copy on vda`. Undefined where the driver
 * cannot say (virsh's test driver has no jobs).
 */
export async function jobsOf(
  virsh: Virsh,
  domains: readonly { uuid: string; disks: readonly Disk[] }[],
): Promise<(string[] | undefined)[]> {
  const asked = domains.map(({ uuid, disks }) => [
    ['domjobinfo', uuid],
    ...disks
      .filter(({ device, target }) => device === 'disk' && /^\w+$/.test(target))
      .map(({ target }) => ['blockjob', uuid, target, '--info']),
  ])
  const answers = await virsh.each(asked.flat())
  let at = 0
  return asked.map((commands) => {
    const [info = '', ...blocks] = answers.slice(at, at + commands.length)
    at += commands.length
    const job = jobOf(info)
    if (job === undefined) return undefined
    const running = blocks.flatMap((text, index) => {
      const match = /^\s*((?:Active )?Block [A-Z]\w+)/m.exec(text)
      return match ? [`${match[1]} on ${commands[index + 1]![2]}`] : []
    })
    return [...job, ...running]
  })
}

/** `Job type: None`, or the type with its operation (virsh(1), domjobinfo). */
function jobOf(info: string): string[] | undefined {
  const type = /^Job type:\s*(.+)$/m.exec(info)?.[1]?.trim()
  if (type === undefined) return undefined
  return type === 'None' ? [] : [/^Operation:\s*(.+)$/m.exec(info)?.[1]?.trim() ?? `a job (${type})`]
}
