import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from './driver/cache.ts'
import { requireTools, runTool } from './driver/tools.ts'
import type { Vm } from './driver/vm.ts'

/** A copy of the file system of a machine that lost its power. */
export class CutDisk {
  readonly #folder: string
  readonly #image: string

  private constructor(folder: string) {
    this.#folder = folder
    this.#image = join(folder, 'file-system.raw')
  }

  static async of(vm: Vm): Promise<CutDisk> {
    requireTools(['qemu-img', 'grub-fstest', 'e2fsck', 'debugfs'])
    const copy = new CutDisk(mkdtempSync(join(tmpdir(), 'quietcore-cut-')))
    await vm.copyFileSystem(copy.#image)
    return copy
  }

  /**
   * A file as GRUB itself reads it at the next boot, by GRUB's own code: it does not replay ext4's journal, so it sees
   * only what has reached its place on the disk.
   */
  async asGrubReads(path: string): Promise<string> {
    return runTool(['grub-fstest', this.#image, 'cat', `(loop0)${path}`], { keepFinalNewline: true })
  }

  /**
   * The machine's folders as the kernel sees them after it replayed the journal, in a folder of this machine that
   * `quietcore --root` takes. Its boot id is a new one.
   */
  async replayed(folders: readonly string[]): Promise<string> {
    // 1: it did replay something
    await runTool(['e2fsck', '-y', '-E', 'journal_only', this.#image], { goodExitCodes: [0, 1] })
    const root = join(this.#folder, 'root')
    for (const folder of folders) mkdirSync(join(root, folder, '..'), { recursive: true })
    const script = folders.map((folder) => `rdump ${folder} ${join(root, folder, '..')}`)
    await runTool(['debugfs', '-f', '-', this.#image], { input: `${script.join('\n')}\n` })
    mkdirSync(join(root, 'proc/sys/kernel/random'), { recursive: true })
    writeFileSync(join(root, 'proc/sys/kernel/random/boot_id'), `${crypto.randomUUID()}\n`)
    return root
  }

  async remove(): Promise<void> {
    await removeTree(this.#folder)
  }
}
