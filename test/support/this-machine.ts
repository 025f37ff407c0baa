import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** flock(1) takes a folder, too: this one is there for everybody, and each checkout on the machine finds the same. */
const LOCKED = '/run'

/**
 * Waits until no other test has quietcore work on the real machine, where all share one lock and one folder of runs;
 * vitest has several files under way at a time. Answers how to let the next one in, which also comes when this process ends.
 */
export async function turnOnThisMachine(): Promise<() => void> {
  const child = spawn('flock', [LOCKED, 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return () => child.stdin.end()
}
