import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { type HostSpec, makeHost } from './host-machine.ts'

const CONF = '/etc/quietcore/quietcore.conf'

export interface ServiceMachine {
  dir: string
  read(path: string): string
  write(path: string, text: string): void
  append(path: string, text: string): void
}

/** A made host with quietcore installed and `quietcore.conf`, gone after the test. */
export function serviceMachine(conf = '[service]\nprofile = quiet\n', spec: HostSpec = {}): ServiceMachine {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-service-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  makeHost(dir, spec)
  return installed(dir, conf)
}

/** Two profiles with few settings, and the shipped ones. */
export function installed(dir: string, conf: string): ServiceMachine {
  cpSync('profiles', join(dir, 'usr/lib/quietcore/profiles'), { recursive: true })
  for (const name of readdirSync('profiles').filter((file) => file.endsWith('-variables.conf'))) {
    const path = join(dir, 'etc/quietcore', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, 'isolated_cores=2-3\n')
  }
  const machine: ServiceMachine = {
    dir,
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    write(path, text) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    },
    append: (path, text) => appendFileSync(join(dir, path), text),
  }
  machine.write(
    '/etc/quietcore/profiles/quiet/profile.conf',
    '[sysctl]\nvm.swappiness=10\nvm.stat_interval=10\n',
  )
  machine.write('/etc/quietcore/profiles/calm/profile.conf', '[sysctl]\nvm.swappiness=20\n')
  machine.write(CONF, conf)
  return machine
}

export interface RunningDaemon {
  pid: number
  /** what it told its service manager, without its pid in front */
  told(): string[]
  /** its log so far, one line an event */
  log(): string[]
  /** STATUS= that stands now */
  status(): string
  signal(name: NodeJS.Signals): void
  /** waits until it has ended */
  ended(): Promise<number | null>
  /** SIGTERM, and its exit code */
  stop(): Promise<number | null>
  /** waits until `READY=1` was said as often */
  readyTimes(times: number): Promise<void>
}

export interface DaemonOptions {
  env?: Record<string, string>
  /** in front of the program: `['unshare', '-m']` */
  wrapper?: readonly string[]
  /** instead of the build in dist/: the single executable */
  program?: readonly string[]
}

/** Starts the built service on a machine's tree, under a listener that stands for systemd. */
export async function startDaemon(
  { dir }: ServiceMachine,
  options: DaemonOptions = {},
): Promise<RunningDaemon> {
  const folder = mkdtempSync(join(tmpdir(), 'quietcore-notify-'))
  const socket = join(folder, 'notify')
  const listener = spawn('python3', ['test/support/notify-listener.py', socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const heard = lines(listener.stdout!)
  await until(() => heard().length > 0, 'the listener listens')
  const [program, ...args] = [
    ...(options.wrapper ?? []),
    ...(options.program ?? [process.execPath, 'dist/quietcore.js']),
    'daemon',
    '--root',
    dir,
  ]
  const child = spawn(program!, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NOTIFY_SOCKET: socket, ...options.env },
  })
  const logged = lines(child.stderr!)
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  onTestFinished(async () => {
    endAll(child, listener)
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const told = () =>
    heard()
      .slice(1)
      .map((line) => line.replace(/^\d+ (MAINPID=\d+ \| )?/, ''))
  return {
    pid: child.pid!,
    told,
    log: logged,
    status: () => /STATUS=(.*)$/.exec(told().findLast((line) => line.includes('STATUS=')) ?? '')?.[1] ?? '',
    signal: (name) => void child.kill(name),
    ended: () => ended,
    stop() {
      child.kill('SIGTERM')
      return ended
    },
    readyTimes: (times) =>
      until(
        () => told().filter((line) => line.startsWith('READY=1')).length >= times,
        `READY=1 was said ${times} times`,
        () => [...told(), ...logged()].join('\n'),
      ),
  }
}

/** Waits for what the service does in its own time. */
export async function until(
  holds: () => boolean,
  what: string,
  more: () => string = () => '',
): Promise<void> {
  const end = performance.now() + 60_000
  while (!holds()) {
    if (performance.now() > end) expect.fail(`a minute has gone, but not: ${what}\n${more()}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Nothing may happen for this long: longer than any burst is waited for. */
export function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1500))
}

/** Whether this user may mount (root outside of a container that forbids it). */
export const mayMount = spawnSync('unshare', ['-m', 'true']).status === 0

function lines(stream: NodeJS.ReadableStream): () => string[] {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    text += chunk
  })
  return () => text.split('\n').slice(0, -1)
}

function endAll(...children: ChildProcess[]): void {
  for (const child of children) child.kill('SIGKILL')
}
