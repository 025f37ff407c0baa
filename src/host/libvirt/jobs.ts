import type { Disk } from '../../core/domain/domain.ts'
import type { Virsh } from './virsh.ts'

/**
 * What libvirt is doing with each domain: `Outgoing migration`, `Block Copy on vda`. Undefined where a question failed
 * and nothing else is under way: the driver cannot say (virsh's test driver has no jobs), or this user may not ask.
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
  const { texts, complained } = await virsh.each(asked.flat())
  let at = 0
  const found: (string[] | undefined)[] = []
  for (const [command, ...blocks] of asked) {
    const [info = '', ...answers] = texts.slice(at, at + blocks.length + 1)
    at += [command, ...blocks].length
    const job = jobOf(info)
    const running = answers.flatMap((text, index) => {
      const match = /^\s*((?:Active )?Block [A-Z]\w+)/m.exec(text)
      return match ? [`${match[1]} on ${blocks[index]![2]}`] : []
    })
    const jobs = [...(job ?? []), ...running]
    const silent = blocks.filter((_, index) => answers[index]!.trim() === '')
    const known = job !== undefined && (!complained || (await allSucceed(silent, virsh)))
    found.push(known || jobs.length > 0 ? jobs : undefined)
  }
  return found
}

/** No block job and a failed question are both no text with `virsh -q`: only the exit code tells them apart. */
async function allSucceed(commands: readonly (readonly string[])[], virsh: Virsh): Promise<boolean> {
  for (const command of commands) if (!(await virsh.succeeds(command))) return false
  return true
}

/** `Job type: None`, or the type with its operation (virsh(1), domjobinfo). */
function jobOf(info: string): string[] | undefined {
  const type = /^Job type:\s*(.+)$/m.exec(info)?.[1]?.trim()
  if (type === undefined) return undefined
  return type === 'None' ? [] : [/^Operation:\s*(.+)$/m.exec(info)?.[1]?.trim() ?? `a job (${type})`]
}
