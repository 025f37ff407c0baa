import { conflicts } from '../core/cmdline/conflicts.ts'
import { commandLineLimitBytes } from '../core/cmdline/length.ts'
import { missingFrom } from '../core/cmdline/merge.ts'
import { parameterTexts } from '../core/cmdline/parse.ts'
import { formatPlace, MachineError } from '../core/errors.ts'
import type { Ports, Root } from '../host/ports.ts'
import { generateGrubConfig, sideFiles } from './grub-generate.ts'
import { GRUB_DEFAULTS, grubParameters, notUnderstoodWarnings, readGrubSettings } from './grub-variables.ts'
import { grubbyAll } from './grubby.ts'
import type { BootLoader } from './loader.ts'
import { oneLine, quoteForGrub, quoteForShell, unquoteFromGrub } from './quote.ts'

const VARIABLE = 'GRUB_CMDLINE_LINUX_DEFAULT'
const BEGIN = '# quietcore: begin (kernel parameters of its profile; quietcore off removes these lines)'
const BEGIN_AFTER_NEWLINE = `${BEGIN} (newline before)`
const END = '# quietcore: end'

/**
 * GRUB without drop-in folder and without boot loader entries (RHEL and CentOS 7, Fedora before 30, SUSE): a marked
 * block at the end of /etc/default/grub, every other byte of which stays. Its rescue entry is an ordinary kernel
 * there, so grub2-mkconfig gives it the parameters too.
 */
export const grubDefault: BootLoader = {
  name: 'grub-default',
  limitBytes: commandLineLimitBytes,
  matches: (root) => root.exists(GRUB_DEFAULTS),
  administrator: ({ root }) => grubParameters([{ path: GRUB_DEFAULTS, text: split(root).theirs }]),
  ours: ({ root }) => split(root).ours,
  warnings: ({ root }) =>
    notUnderstoodWarnings(
      readGrubSettings([{ path: GRUB_DEFAULTS, text: split(root).theirs }]).notUnderstood,
    ),
  touches: ({ root }) => [
    GRUB_DEFAULTS,
    ...configFiles(root).flatMap((config) => [config, ...sideFiles(config)]),
  ],
  write: (parameters, ports) => replaceBlock(oneLine(parameters), ports),
  async clear(ports) {
    return split(ports.root).ours === undefined ? [] : replaceBlock('', ports)
  },
}

async function replaceBlock(parameters: string, ports: Ports): Promise<string[]> {
  const { root, runner } = ports
  const before = root.readText(GRUB_DEFAULTS)
  const { theirs, ours } = split(root)
  const byGrubby = runner.find('grub2-mkconfig') === undefined && runner.find('grubby') !== undefined
  if (byGrubby) refuseReplacing(parameters, ports)
  root.writeFile(GRUB_DEFAULTS, parameters === '' ? theirs : theirs + blockFor(parameters, theirs))
  try {
    if (byGrubby) return await grubbyAll(ports, parameters, missingFrom(parameters, ours ?? ''))
    const notes: string[] = []
    for (const config of configFiles(root)) {
      notes.push(...(await generateGrubConfig(ports, ['grub2-mkconfig', 'grub-mkconfig'], config)))
    }
    return notes
  } catch (error) {
    root.writeFile(GRUB_DEFAULTS, before)
    throw error
  }
}

/** The menus that GRUB reads: where the links of the distribution lead, else the usual place. */
function configFiles(root: Root): string[] {
  const linked = ['/etc/grub2.cfg', '/etc/grub2-efi.cfg'].flatMap((link) => root.realPath(link) ?? [])
  if (linked.length > 0) return [...new Set(linked)]
  return [root.exists('/boot/grub/grub.cfg') ? '/boot/grub/grub.cfg' : '/boot/grub2/grub.cfg']
}

/** grubby overwrites the value of a parameter that is there already; the administrator's would be lost. */
function refuseReplacing(parameters: string, ports: Ports): void {
  const administrator = grubDefault.administrator(ports)
  const ours = parameterTexts(parameters).map((parameter) => ({ parameter, place: { file: 'the profile' } }))
  const conflict = conflicts(administrator, ours)[0]
  if (!conflict) return
  throw new MachineError({
    code: 'grubby-would-replace',
    message: `grubby would replace your '${conflict.administrator.parameter}' by '${conflict.ours.parameter}' (${formatPlace(conflict.administrator.place)})`,
    place: conflict.administrator.place,
    next: 'Install grub2-mkconfig (grub2-tools), or remove your own value first.',
  })
}

function blockFor(parameters: string, theirs: string): string {
  const newline = theirs !== '' && !theirs.endsWith('\n')
  const quoted = quoteForShell(quoteForGrub(parameters))
  const line = `${VARIABLE}="\${${VARIABLE}:+$${VARIABLE} }${quoted}"`
  return `${newline ? `\n${BEGIN_AFTER_NEWLINE}` : BEGIN}\n${line}\n${END}\n`
}

/** The file without our block, and the parameters in the block. */
function split(root: Root): { theirs: string; ours: string | undefined } {
  const text = root.readTextIfThere(GRUB_DEFAULTS) ?? ''
  const begin = text.startsWith(BEGIN) ? 0 : text.indexOf(`\n${BEGIN}`) + 1
  const end = text.indexOf(`\n${END}\n`, begin)
  if ((begin === 0 && !text.startsWith(BEGIN)) || end < 0) return { theirs: text, ours: undefined }
  const block = text.slice(begin, end + 1)
  const after = text.slice(end + END.length + 2)
  // A newline that we put before the block goes with it, unless somebody has written on after it.
  const ownNewline = block.startsWith(BEGIN_AFTER_NEWLINE) && after === ''
  const theirs = text.slice(0, ownNewline ? begin - 1 : begin) + after
  const pieces = readGrubSettings([{ path: GRUB_DEFAULTS, text: block }]).variables.get(VARIABLE) ?? []
  return { theirs, ours: unquoteFromGrub(pieces.map((piece) => piece.text).join('')) }
}
