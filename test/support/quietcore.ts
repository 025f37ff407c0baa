import { spawnSync } from 'node:child_process'

export interface Answer {
  code: number | null
  stdout: string
  stderr: string
}

/** Calls the built program as an operator would. */
export function quietcore(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/quietcore.js', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1 << 28,
  })
  return { code: status, stdout, stderr }
}
