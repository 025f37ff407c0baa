import { copyFileSync, mkdtempSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { removeTree } from './cache.ts'
import { hopeless, lastLines, readConsole } from './console.ts'
import { freePort } from './free-port.ts'
import { BOOT_S, POWER_OFF_S } from './limits.ts'
import { pause, Qemu } from './qemu.ts'
import type { DirectKernel, Shape } from './qemu-argv.ts'
import { PARTITION_OFFSET_BYTES } from './recipe.ts'
import {
  type CommandOptions,
  type CommandResult,
  quoted,
  type SshTarget,
  sshArgv,
  sshClose,
  sshRun,
} from './ssh.ts'
import { requireTools, runTool } from './tools.ts'
import { isVmError, NO_ANSWER, VmError } from './vm-error.ts'

export interface VmFiles {
  disk: string
  diskFormat: 'raw' | 'qcow2'
  keyFile: string
  knownHostsFile: string
}

export interface StartOptions {
  /** boots this kernel instead of the disk's boot loader */
  direct?: DirectKernel
  /** goes on from a state kept by `saveState`, memory and disk, in two seconds instead of a boot */
  fromState?: string
}

/** A virtual machine that a test starts, talks to, reboots and cuts off. It does not outlive the test's process. */
export class Vm {
  /** console log, sockets and the disk overlay; removed by `destroy` */
  readonly folder: string
  readonly consoleFile: string
  readonly #sshLog: string
  readonly #files: VmFiles
  readonly #shape: Shape
  readonly #wantedPort: number | undefined
  #target: SshTarget | undefined
  #qemu: Qemu | undefined
  #bootStart = 0

  /** `port`: the TCP port for ssh on 127.0.0.1; default: one that is free at each start */
  constructor(files: VmFiles, shape: Shape, folder = newFolder(), port?: number) {
    requireTools(['qemu-system-x86_64', 'ssh', 'setpriv'])
    this.#files = files
    this.#shape = shape
    this.folder = folder
    this.#wantedPort = port
    this.consoleFile = join(folder, 'console.log')
    this.#sshLog = join(folder, 'ssh.log')
    for (const file of [this.consoleFile, this.#sshLog]) writeFileSync(file, '')
  }

  get disk(): string {
    return this.#files.disk
  }

  /** How ssh reaches it, for a program that is told so. @throws VmError `not-running` */
  get target(): SshTarget {
    return this.#ssh()
  }

  get running(): boolean {
    return this.#qemu?.running ?? false
  }

  /**
   * Switches it on and waits until it answers by ssh.
   * @throws VmError `port-in-use`, `qemu-failed`; `does-not-boot` with the end of its console
   */
  async start(options: StartOptions = {}): Promise<void> {
    if (this.running) throw new VmError('already-running', 'The virtual machine is running already')
    this.#bootStart = statSync(this.consoleFile).size
    const port = this.#wantedPort ?? (await freePort())
    this.#target = {
      port,
      keyFile: this.#files.keyFile,
      knownHostsFile: this.#files.knownHostsFile,
      controlSocket: join(this.folder, 'ssh'),
      logFile: this.#sshLog,
    }
    this.#qemu = await Qemu.start({
      shape: this.#shape,
      disk: this.#files.disk,
      diskFormat: this.#files.diskFormat,
      sshPort: port,
      consoleFile: this.consoleFile,
      qmpSocket: join(this.folder, 'qmp'),
      ...(options.direct ? { direct: options.direct } : {}),
      ...(options.fromState === undefined ? {} : { fromState: options.fromState }),
    })
    await this.#answers()
  }

  /**
   * Runs a program in the machine; its arguments reach it byte for byte. Every exit code is an answer.
   * @throws VmError `connection-lost`, `command-timeout`, both with the end of the console; `command-killed` when a
   * signal ended the program; `not-running`
   */
  async run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult> {
    try {
      return await sshRun(this.#ssh(), argv, options)
    } catch (error) {
      if (!isVmError(error, NO_ANSWER)) throw error
      const state = this.running ? 'The machine is still on' : 'QEMU has ended'
      throw new VmError(error.code, `${error.message}\n${state}.\n${this.consoleTail()}`, error.cause)
    }
  }

  /** stdout of a program that must succeed. @throws VmError `command-failed` with all it wrote */
  async output(argv: readonly string[], options?: CommandOptions): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(argv, options)
    if (exitCode === 0) return stdout
    throw new VmError('command-failed', `${argv.join(' ')}: exit ${exitCode}\n${stdout}${stderr}`)
  }

  /** A text of `sh`, for what only a shell can do (redirection into sysfs, loops over /proc). */
  async shell(script: string, options?: Omit<CommandOptions, 'input'>): Promise<string> {
    return this.output(['sh', '-eu'], { ...options, input: script })
  }

  /** Copies a file or folder into the machine's `folder`, which is made; modes and links stay, root owns it. */
  async copyIn(localPath: string, folder: string): Promise<void> {
    await this.output(['mkdir', '-p', folder])
    const pack = ['-C', dirname(localPath), '--owner=0', '--group=0', '-cf', '-', basename(localPath)]
    const unpack = ['tar', '-xf', '-', '-C', folder].map(quoted).join(' ')
    await execa('tar', pack, { buffer: false }).pipe('ssh', [...sshArgv(this.#ssh()), '--', unpack])
  }

  /** Copies a file or folder of the machine into this machine's `folder`. */
  async copyOut(remotePath: string, folder: string): Promise<void> {
    const pack = ['tar', '-C', dirname(remotePath), '-cf', '-', basename(remotePath)].map(quoted).join(' ')
    await execa('ssh', [...sshArgv(this.#ssh()), '--', pack], { buffer: false }).pipe('tar', [
      '-xf',
      '-',
      '-C',
      folder,
    ])
  }

  async bootId(): Promise<string> {
    return (await this.output(['cat', '/proc/sys/kernel/random/boot_id'])).trim()
  }

  /** Reboots it as an administrator does and waits for the new boot, which has a QEMU of its own (`qemuArgv`). */
  async reboot(): Promise<void> {
    await this.#goDown('reboot')
    await this.start()
  }

  /** Shuts it down as an administrator does. */
  async powerOff(): Promise<void> {
    if (this.running) await this.#goDown('poweroff')
  }

  /** Pulls the plug: whatever the machine had not written to its disk is lost. `start` goes on from that disk. */
  async cutPower(): Promise<void> {
    await this.#qemu?.kill()
    if (this.#target) await sshClose(this.#target)
  }

  /** Keeps memory and disk under a name, for `start({ fromState })`. Needs an overlay disk (`freshVm`). */
  async saveState(name: string): Promise<void> {
    await sshClose(this.#ssh())
    await this.#qemu?.saveState(name)
  }

  /** Drops what `saveState` kept; its room in the disk's file is used again. */
  async forgetState(name: string): Promise<void> {
    await this.#qemu?.forgetState(name)
  }

  /** Keeps the disk of a machine that is off. */
  keepDisk(name: string): void {
    this.#mustBeOff()
    copyFileSync(this.#files.disk, join(this.folder, `${name}.disk`))
  }

  /** Puts the disk of a machine that is off back to what `keepDisk` kept. */
  restoreDisk(name: string): void {
    this.#mustBeOff()
    const next = `${this.#files.disk}.next`
    copyFileSync(join(this.folder, `${name}.disk`), next)
    renameSync(next, this.#files.disk)
  }

  /** Writes the file system of a machine that is off, as it stands, raw and sparse into a file of this machine. */
  async copyFileSystem(file: string): Promise<void> {
    this.#mustBeOff()
    const { disk, diskFormat } = this.#files
    const source = [
      `driver=raw,offset=${PARTITION_OFFSET_BYTES},file.driver=${diskFormat}`,
      `file.file.driver=file,file.file.filename=${disk.replaceAll(',', ',,')}`,
    ]
    await runTool(['qemu-img', 'convert', '-q', '--image-opts', '-O', 'raw', source.join(','), file])
  }

  /** What the machine wrote to its serial line, from this boot's firmware on. */
  console(): string {
    return readConsole(this.consoleFile, this.#bootStart)
  }

  consoleTail(lines?: number): string {
    return `--- end of ${this.consoleFile}:\n${lastLines(readConsole(this.consoleFile), lines)}\n---`
  }

  /** Switches it off and removes its folder (QUIETCORE_VM_KEEP=1 keeps the folder). */
  async destroy(): Promise<void> {
    await this.cutPower()
    if (!process.env.QUIETCORE_VM_KEEP) await removeTree(this.folder)
  }

  async #goDown(how: 'reboot' | 'poweroff'): Promise<void> {
    const target = this.#ssh()
    await this.run(['systemctl', how]).catch(orGone)
    await sshClose(target)
    const ended = this.#qemu!.ended.then(() => true)
    if (await Promise.race([ended, pause(POWER_OFF_S * 1000).then(() => false)])) return
    throw new VmError(
      'does-not-stop',
      `No end ${POWER_OFF_S} s after systemctl ${how}.\n${this.consoleTail()}`,
    )
  }

  /**
   * Waits for an answer. Each try has a connection of its own. One that began before the network was up hangs, so a try is
   * short; only where boots take much longer than usual does a slow machine need more to shake hands.
   */
  async #answers(): Promise<void> {
    const start = performance.now()
    for (let waitedMs = 0; waitedMs < BOOT_S * 1000; waitedMs = performance.now() - start) {
      const bad = hopeless(this.console())
      if (bad) throw new VmError('does-not-boot', `The console says '${bad}'.\n${this.consoleTail()}`)
      if (!this.running) {
        const stderr = (await this.#qemu?.ended) ?? ''
        throw new VmError(
          'does-not-boot',
          `QEMU ended while the machine booted.\n${stderr}\n${this.consoleTail()}`,
        )
      }
      const options = { apart: true, timeoutMs: 15_000 + Math.max(0, waitedMs - 300_000) / 4 }
      if ((await this.run(['true'], options).catch(orGone))?.exitCode === 0) return
      await pause(500)
    }
    throw new VmError('does-not-boot', `No answer by ssh in ${BOOT_S} s.\n${this.consoleTail()}`)
  }

  #ssh(): SshTarget {
    if (this.#target && this.running) return this.#target
    throw new VmError('not-running', 'The virtual machine is off: start it first')
  }

  #mustBeOff(): void {
    if (this.running)
      throw new VmError('already-running', 'The disk of a running machine cannot be copied: switch it off')
  }
}

/** Short, because the path of a socket has at most 107 bytes. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'quietcore-vm-'))
}

/** A machine that goes down ends what runs in it and its connections, in any order. */
function orGone(error: unknown): undefined {
  if (!isVmError(error, [...NO_ANSWER, 'command-killed', 'not-running'])) throw error
}
