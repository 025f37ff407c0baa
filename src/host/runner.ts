import * as fs from 'node:fs'
import { MachineError } from '../core/errors.ts'
import { codeOf } from './io-error.ts'
import type { Root, Runner, RunOptions, RunResult } from './ports.ts'
import { spawnSync } from './spawn-sync.ts'

/** Where programs of administration lie; a service's PATH often lacks the sbin folders. */
const PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
const KILL_AFTER_MS = 5_000
const LARGEST_OUTPUT_BYTES = 512 * 1024 * 1024

/** Programs of the machine under `root`; on another machine's tree they run inside it by chroot(8). */
export function openRunner(root: Root, path = process.env.PATH ?? ''): Runner {
  const folders =
    root.live && path !== '' ? [...new Set([...path.split(':'), ...PROGRAM_FOLDERS])] : PROGRAM_FOLDERS

  function find(program: string): string | undefined {
    const candidates = program.includes('/') ? [program] : folders.map((folder) => `${folder}/${program}`)
    return candidates.find((candidate) => isExecutable(root.outside(candidate)))
  }

  function command(argv: readonly string[]): [string, string[]] {
    const program = find(argv[0]!)
    if (program === undefined) throw missing(argv[0]!, root)
    return root.live ? [program, argv.slice(1)] : ['/usr/sbin/chroot', [root.dir, program, ...argv.slice(1)]]
  }

  return {
    find,
    run: (argv, options = {}) => run(argv, command, options),
    runSync(argv, options = {}) {
      const [file, args] = command(argv)
      const started = performance.now()
      const result = spawnSync(file, args, {
        input: options.input ?? '',
        env: environment(options.env),
        timeout: options.timeoutMs,
        cwd: options.cwd,
        encoding: 'utf8',
        maxBuffer: LARGEST_OUTPUT_BYTES,
      })
      const timedOut = codeOf(result.error) === 'ETIMEDOUT'
      if (result.error && !timedOut) throw cannotStart(argv, result.error)
      return {
        argv,
        exitCode: result.status,
        signal: result.signal,
        stdout: result.stdout ?? '',
        stderr: result.stderr ?? '',
        timedOut,
        durationMs: performance.now() - started,
      }
    },
  }
}

async function run(
  argv: readonly string[],
  command: (argv: readonly string[]) => [string, string[]],
  options: RunOptions,
): Promise<RunResult> {
  const [file, args] = command(argv)
  // execa costs 100 ms to load: only a command that runs something pays for it.
  const { execa } = await import('execa')
  const started = performance.now()
  const child = execa(file, args, {
    reject: false,
    extendEnv: false,
    env: environment(options.env),
    stripFinalNewline: false,
    forceKillAfterDelay: KILL_AFTER_MS,
    maxBuffer: LARGEST_OUTPUT_BYTES,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.endWith === undefined ? {} : { killSignal: options.endWith }),
    ...(options.ownSession === undefined ? {} : { detached: options.ownSession }),
  })
  if (options.onStdout) {
    child.stdout?.setEncoding('utf8')
    child.stdout?.on('data', options.onStdout)
  }
  const result = await child
  if (
    result.exitCode === undefined &&
    result.signal === undefined &&
    !result.isCanceled &&
    !result.timedOut
  ) {
    throw cannotStart(argv, result.cause ?? result)
  }
  return {
    argv,
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
    timedOut: result.timedOut,
    durationMs: performance.now() - started,
  }
}

/** Tools are read by programs here: their words and numbers must not follow the operator's language. */
function environment(extra: Record<string, string> = {}): Record<string, string> {
  const own: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) own[name] = value
  const path = [...new Set([...(own.PATH ?? '').split(':').filter(Boolean), ...PROGRAM_FOLDERS])].join(':')
  return { ...own, PATH: path, LC_ALL: 'C', ...extra }
}

function isExecutable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK)
    return fs.statSync(path).isFile()
  } catch {
    return false
  }
}

function missing(program: string, root: Root): MachineError {
  return new MachineError({
    code: 'no-such-program',
    message: `the program '${program}' is not there${root.live ? '' : ` under ${root.dir}`}`,
    next: `Install the package that has '${program}' and try again.`,
  })
}

function cannotStart(argv: readonly string[], cause: unknown): MachineError {
  return new MachineError({
    code: 'cannot-start',
    message: `'${argv[0]}' could not be started: ${cause instanceof Error ? cause.message : String(cause)}`,
    cause,
  })
}
