import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aptSources } from './apt-sources.ts'
import { cached, cacheFolder, removeTree } from './cache.ts'
import { DEFAULT_SHAPE } from './qemu-argv.ts'
import {
  cacheKey,
  DEBIAN_RT,
  DISK_BYTES,
  hookPath,
  PARTITION_OFFSET_BYTES,
  RELEASE,
  type Recipe,
} from './recipe.ts'
import { HOST_ALIAS } from './ssh.ts'
import { requireSpace, requireTools, runTool } from './tools.ts'
import { Vm, type VmFiles } from './vm.ts'
import { VmError } from './vm-error.ts'

/**
 * The disk of a recipe, built once and cached: a raw disk with a boot loader, the key to it and its host key.
 * To build again with today's packages, remove its folder in the cache.
 * @throws VmError for a missing tool, space, privilege or mirror
 */
export async function image(recipe: Recipe = DEBIAN_RT): Promise<VmFiles> {
  const folder = await cached(cacheKey(recipe), (growing) => build(recipe, growing))
  return filesIn(folder)
}

function filesIn(folder: string): VmFiles {
  return {
    disk: join(folder, 'disk.raw'),
    diskFormat: 'raw',
    keyFile: join(folder, 'id_ed25519'),
    knownHostsFile: join(folder, 'known_hosts'),
  }
}

async function build(recipe: Recipe, folder: string): Promise<void> {
  requireTools(['mmdebstrap', 'sfdisk', 'mkfs.ext4', 'ssh-keygen', 'qemu-system-x86_64'])
  requireSpace(cacheFolder(), 4 * 2 ** 30)
  if (process.getuid?.() !== 0) {
    throw new VmError(
      'not-root',
      'Building the disk unpacks a Debian as root: run it as root once, it is cached then.',
    )
  }
  const files = filesIn(folder)
  const root = join(folder, 'root')
  say(`building ${cacheKey(recipe)} in ${cacheFolder()} (once, two to four minutes)`)
  await runTool(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', HOST_ALIAS, '-f', files.keyFile])
  await unpack(recipe, root, readFileSync(`${files.keyFile}.pub`, 'utf8').trim())
  const hostKey = readFileSync(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8')
  writeFileSync(files.knownHostsFile, `${HOST_ALIAS} ${hostKey}`)
  await makeDisk(files.disk, root)
  await installBootLoader(files, root, folder)
  await removeTree(root)
}

async function unpack(recipe: Recipe, root: string, publicKey: string): Promise<void> {
  const sources = await aptSources(RELEASE)
  await runTool(
    [
      ...(['nice', '-n', '10', 'mmdebstrap', '--mode=root', '--variant=minbase'] as const),
      `--include=${recipe.packages.join(',')}`,
      ...sources.options.map((option) => `--aptopt=${option.replace(/;$/, '')}`),
      `--essential-hook=${hookPath('essential')}`,
      `--customize-hook=${hookPath('customize')}`,
      RELEASE,
      root,
      sources.lines.join('\n'),
    ],
    {
      env: {
        QUIETCORE_VM_PUBLIC_KEY: publicKey,
        QUIETCORE_VM_DISABLED_UNITS: recipe.disabledUnits.join(' '),
      },
    },
  )
}

async function makeDisk(disk: string, root: string): Promise<void> {
  writeFileSync(disk, '')
  truncateSync(disk, DISK_BYTES)
  const sectors = PARTITION_OFFSET_BYTES / 512
  await runTool(['sfdisk', '--quiet', disk], { input: `label: dos\nstart=${sectors}, type=83, bootable\n` })
  const sizeKib = (DISK_BYTES - PARTITION_OFFSET_BYTES) / 1024
  const options = ['-q', '-F', '-L', 'quietcore', '-E', `offset=${PARTITION_OFFSET_BYTES}`, '-d', root]
  await runTool(['nice', '-n', '10', 'mkfs.ext4', ...options, disk, `${sizeKib}k`])
}

/** The first boot, by QEMU's own loader: GRUB is installed from inside, as an installer does. */
async function installBootLoader(files: VmFiles, root: string, folder: string): Promise<void> {
  const boot = join(root, 'boot')
  const named = (prefix: string) =>
    join(boot, readdirSync(boot).find((name) => name.startsWith(prefix)) ?? prefix)
  const work = join(folder, 'first-boot')
  mkdirSync(work)
  const vm = new Vm(files, DEFAULT_SHAPE, work)
  try {
    const append = 'root=LABEL=quietcore console=ttyS0'
    await vm.start({ direct: { kernel: named('vmlinuz-'), initrd: named('initrd.img-'), append } })
    await vm.output(['grub-install', '/dev/vda'])
    await vm.output(['update-grub'])
    writeFileSync(join(folder, 'packages.txt'), await vm.output(['dpkg-query', '-W']))
    await vm.powerOff()
  } finally {
    await vm.destroy()
  }
}

function say(message: string): void {
  process.stderr.write(`quietcore-vm: ${message}\n`)
}
