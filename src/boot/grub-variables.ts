import { parameterPositions } from '../core/cmdline/parse.ts'
import { formatPlace, type Place } from '../core/errors.ts'
import type { Warning } from '../core/warning.ts'
import type { Root } from '../host/ports.ts'
import type { ParameterOrigin } from './loader.ts'
import { unquoteFromGrub } from './quote.ts'
import { readAssignments, type ShellFile, type ShellValues } from './shell-assignments.ts'
import type { Piece } from './shell-word.ts'

export const GRUB_DEFAULTS = '/etc/default/grub'
export const GRUB_DEFAULTS_FOLDER = '/etc/default/grub.d'

/** What grub-mkconfig puts on the line of a normal menu entry, in its order. */
const NORMAL_ENTRY = ['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT'] as const

/** The files that grub-mkconfig sources, in its order; the drop-in folder is Debian's and Ubuntu's. */
export function grubSettingFiles(root: Root): ShellFile[] {
  return [GRUB_DEFAULTS, ...root.glob(`${GRUB_DEFAULTS_FOLDER}/*.cfg`)].flatMap((path) => {
    const text = root.readTextIfThere(path)
    return text === undefined ? [] : [{ path, text }]
  })
}

export function readGrubSettings(files: readonly ShellFile[]): ShellValues {
  return readAssignments(files, /GRUB_CMDLINE_LINUX/)
}

/** The parameters of normal menu entries with the place of each. */
export function grubParameters(files: readonly ShellFile[]): ParameterOrigin[] {
  const { variables } = readGrubSettings(files)
  return NORMAL_ENTRY.flatMap((name) => placedParameters(variables.get(name) ?? []))
}

/** Said, never guessed: lines that set kernel parameters in a way that only a shell can evaluate. */
export function notUnderstoodWarnings(places: readonly Place[]): Warning[] {
  return places.map((place) => ({
    code: 'boot-file-not-understood',
    message: `${formatPlace(place)} may set kernel parameters in a way that can only be told by running it; quietcore does not see them and cannot tell conflicts with them`,
    place,
  }))
}

/** Splits a value at the kernel's blanks; each parameter has the place where its first character was written. */
export function placedParameters(pieces: readonly Piece[]): ParameterOrigin[] {
  const text = pieces.map((piece) => piece.text).join('')
  let index = 0
  let end = pieces[0]?.text.length ?? 0
  return parameterPositions(text).map(({ text: parameter, from }) => {
    while (from >= end && index < pieces.length - 1) end += pieces[++index]!.text.length
    return { parameter: unquoteFromGrub(parameter), place: pieces[index]!.place }
  })
}
