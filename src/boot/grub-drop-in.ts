import { commandLineLimitBytes } from '../core/cmdline/length.ts'
import type { Warning } from '../core/warning.ts'
import type { Ports, Root } from '../host/ports.ts'
import { generateGrubConfig, sideFiles } from './grub-generate.ts'
import {
  GRUB_DEFAULTS,
  GRUB_DEFAULTS_FOLDER,
  grubParameters,
  grubSettingFiles,
  notUnderstoodWarnings,
  readGrubSettings,
} from './grub-variables.ts'
import type { BootLoader } from './loader.ts'
import { oneLine, quoteForGrub, quoteForShell, unquoteFromGrub } from './quote.ts'
import type { ShellFile } from './shell-assignments.ts'

const DROP_IN = `${GRUB_DEFAULTS_FOLDER}/90-quietcore.cfg`
const CONFIG = '/boot/grub/grub.cfg'
const PROGRAMS = ['grub-mkconfig', 'update-grub']
const VARIABLE = 'GRUB_CMDLINE_LINUX_DEFAULT'

/**
 * GRUB as Debian and Ubuntu set it up: grub-mkconfig sources `/etc/default/grub.d/*.cfg`. Our drop-in adds to
 * GRUB_CMDLINE_LINUX_DEFAULT only, which recovery entries do not have: they stay as they are.
 */
export const grubDropIn: BootLoader = {
  name: 'grub-drop-in',
  limitBytes: commandLineLimitBytes,
  matches: (root) =>
    root.exists(GRUB_DEFAULTS) &&
    !root.exists('/boot/grub2') &&
    (root.exists(GRUB_DEFAULTS_FOLDER) || root.exists('/usr/sbin/update-grub') || sourcesDropIns(root)),
  administrator: ({ root }) => grubParameters(otherFiles(root)),
  // A menu that could be generated here and was not is what the next boot has: without our parameters.
  ours: ({ root, runner }) =>
    stale(root).length > 0 && PROGRAMS.some((name) => runner.find(name)) ? undefined : readDropIn(root),
  warnings: ({ root }) => [
    ...notUnderstoodWarnings(readGrubSettings(otherFiles(root)).notUnderstood),
    ...overridden(root),
    ...stale(root),
  ],
  touches: () => [DROP_IN, CONFIG, ...sideFiles(CONFIG)],
  async write(parameters, ports) {
    if (oneLine(parameters) === '') return this.clear(ports)
    return replaceDropIn(dropInText(parameters), ports)
  },
  async clear(ports) {
    return ports.root.exists(DROP_IN) ? replaceDropIn(undefined, ports) : []
  },
}

/** The whole drop-in for a line of parameters. */
export function dropInText(parameters: string): string {
  const quoted = quoteForShell(quoteForGrub(oneLine(parameters)))
  return `# Kernel parameters of quietcore's profile. 'quietcore apply' writes this file, 'quietcore off' removes it.
# Parameters of your own belong into ${GRUB_DEFAULTS} or a file of your own beside this one.
${VARIABLE}="\${${VARIABLE}:+$${VARIABLE} }${quoted}"
`
}

/** Puts the drop-in there (or away) and generates the menu; when that fails, the drop-in is as it was before. */
async function replaceDropIn(text: string | undefined, ports: Ports): Promise<string[]> {
  const { root } = ports
  const before = root.readTextIfThere(DROP_IN)
  const put = (content: string | undefined) =>
    content === undefined ? root.remove(DROP_IN) : root.writeFile(DROP_IN, content, 0o644)
  put(text)
  try {
    return await generateGrubConfig(ports, PROGRAMS, CONFIG)
  } catch (error) {
    put(before)
    throw error
  }
}

/** GRUB as its authors release it (Arch) has no drop-in folder; without the script the menu's place is Debian's. */
function sourcesDropIns(root: Root): boolean {
  const script =
    root.readTextIfThere('/usr/sbin/grub-mkconfig') ?? root.readTextIfThere('/usr/bin/grub-mkconfig')
  return root.exists(CONFIG) && script?.includes('default/grub.d') !== false
}

function otherFiles(root: Root): ShellFile[] {
  return grubSettingFiles(root).filter(({ path }) => path !== DROP_IN)
}

function readDropIn(root: Root): string | undefined {
  const text = root.readTextIfThere(DROP_IN)
  if (text === undefined) return undefined
  const pieces = readGrubSettings([{ path: DROP_IN, text }]).variables.get(VARIABLE) ?? []
  return unquoteFromGrub(pieces.map((piece) => piece.text).join(''))
}

/** A file that is sourced after ours and sets the variable anew takes our parameters away. */
function overridden(root: Root): Warning[] {
  const files = otherFiles(root)
  const last = { path: DROP_IN, text: dropInText('quietcore') }
  const all = [
    ...files.filter(({ path }) => path < DROP_IN || path === GRUB_DEFAULTS),
    last,
    ...files.filter(({ path }) => path > DROP_IN),
  ]
  const pieces = readGrubSettings(all).variables.get(VARIABLE) ?? []
  if (pieces.some(({ place }) => place.file === DROP_IN)) return []
  const by = pieces.at(-1)?.place
  const message = `${by?.file ?? 'a later file'} sets ${VARIABLE} anew after ${DROP_IN}: quietcore's kernel parameters would be lost. Append there instead: ${VARIABLE}="$${VARIABLE} …"`
  return [{ code: 'boot-parameters-overridden', message, ...(by ? { place: by } : {}) }]
}

/** The menu that GRUB reads was not generated since the drop-in was written. */
function stale(root: Root): Warning[] {
  const [ours, menu] = [readDropIn(root), root.readTextIfThere(CONFIG)]
  if (!ours || menu === undefined || menu.includes(quoteForGrub(ours))) return []
  const message = `${CONFIG} does not have the parameters of ${DROP_IN}: run update-grub, or the next boot will not have them`
  return [{ code: 'boot-menu-stale', message, place: { file: CONFIG } }]
}
