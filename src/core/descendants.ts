/** Numbers of the processes that `ancestor` started, that those started, and so on; itself is not among them. */
export function descendantsOf(
  processes: Iterable<{ pid: number; parent: number }>,
  ancestor: number,
): Set<number> {
  const children = new Map<number, Set<number>>()
  for (const { pid, parent } of processes) {
    const known = children.get(parent)
    if (known) known.add(pid)
    else children.set(parent, new Set([pid]))
  }
  const found = new Set<number>()
  // A set that grows while it is walked: each process is asked for its own children once.
  const walked = new Set([ancestor])
  for (const pid of walked) {
    for (const child of children.get(pid) ?? []) {
      walked.add(child)
      if (child !== ancestor) found.add(child)
    }
  }
  return found
}
