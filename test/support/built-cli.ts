import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface Answer {
  code: number | null
  stdout: string
  stderr: string
}

/** The program as users run it, built beside node_modules so that its tests need no `npm run build` before. */
export interface BuiltCli {
  run(args: readonly string[], input?: string): Answer
  start(args: readonly string[]): { pid: number; ended: Promise<Answer> }
  remove(): void
}

export async function buildCli(): Promise<BuiltCli> {
  const top = fileURLToPath(new URL('../..', import.meta.url))
  const outdir = mkdtempSync(join(top, 'node_modules', '.quietcore-'))
  await build({
    absWorkingDir: top,
    entryPoints: { quietcore: 'src/cli/main.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  const argv = (args: readonly string[]) => [join(outdir, 'quietcore.mjs'), ...args]
  return {
    run(args, input = '') {
      const { status, stdout, stderr } = spawnSync(process.execPath, argv(args), { input, encoding: 'utf8' })
      return { code: status, stdout, stderr }
    },
    start(args) {
      const child = spawn(process.execPath, argv(args), { stdio: ['ignore', 'pipe', 'pipe'] })
      const said = { stdout: '', stderr: '' }
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (chunk: string) => {
          said[name] += chunk
        })
      }
      const ended = new Promise<Answer>((resolve) => child.on('close', (code) => resolve({ code, ...said })))
      return { pid: child.pid!, ended }
    },
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  }
}
