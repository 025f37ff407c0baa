import { existsSync, rmSync } from 'node:fs'
import { execa } from 'execa'
import { type QemuOptions, qemuArgv } from './qemu-argv.ts'
import { monitor } from './qmp.ts'
import { VmError } from './vm-error.ts'

/** A QEMU process. It ends with this process, however that ends (PR_SET_PDEATHSIG). */
export class Qemu {
  readonly #options: QemuOptions
  readonly #child
  /** resolves when the process has ended, with what it wrote to stderr */
  readonly ended: Promise<string>
  #running = true

  private constructor(options: QemuOptions) {
    const argv = qemuArgv(options)
    this.#options = options
    this.#child = execa('setpriv', ['--pdeathsig', 'KILL', ...argv], {
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
    })
    this.ended = this.#child.then((result) => {
      this.#running = false
      return result.stderr
    })
  }

  /**
   * Starts it and waits until its monitor listens.
   * @throws VmError `port-in-use`, `qemu-failed`
   */
  static async start(options: QemuOptions): Promise<Qemu> {
    rmSync(options.qmpSocket, { force: true })
    const qemu = new Qemu(options)
    while (qemu.#running && !existsSync(options.qmpSocket)) await pause(50)
    // the socket is made before the disk and the port are opened
    await Promise.race([qemu.ended, qemu.#answers()])
    if (!qemu.#running) throw startFailure(await qemu.ended, options)
    return qemu
  }

  get running(): boolean {
    return this.#running
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** What a power cut is: SIGKILL. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }

  async saveState(name: string): Promise<void> {
    await monitor(this.#options.qmpSocket, `savevm ${name}`)
  }

  async forgetState(name: string): Promise<void> {
    await monitor(this.#options.qmpSocket, `delvm ${name}`)
  }

  async #answers(): Promise<void> {
    while (this.#running) {
      try {
        return await monitor(this.#options.qmpSocket, '')
      } catch {
        await pause(50)
      }
    }
  }
}

function startFailure(stderr: string, options: QemuOptions): VmError {
  if (/Could not set up host forwarding rule/.test(stderr)) {
    return new VmError(
      'port-in-use',
      `Port ${options.sshPort} of 127.0.0.1 is in use: QEMU cannot forward it.\n${stderr}`,
    )
  }
  return new VmError('qemu-failed', `QEMU ended before the machine started.\n${stderr}`)
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
