import type { Root, Runner, Tasks } from '../ports.ts'
import { openLiveTasks } from './live.ts'
import { openMadeTasks } from './made.ts'

/** The threads of the machine under `root`: those of this machine, or those laid out in a directory's /proc. */
export function openTasks(root: Root, runner: Runner): Tasks {
  return root.live ? openLiveTasks(runner) : openMadeTasks(root)
}
