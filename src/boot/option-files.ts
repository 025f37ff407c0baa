import { sameUnit } from '../core/cmdline/meaning.ts'
import { missingFrom } from '../core/cmdline/merge.ts'
import { parameterPositions, parameterTexts } from '../core/cmdline/parse.ts'
import { parseUnits } from '../core/cmdline/units.ts'
import type { Ports, Root } from '../host/ports.ts'
import { type AddedParameters, readAdded, writeAdded } from './added-parameters.ts'
import { lineIndex } from './line-index.ts'
import type { ParameterOrigin } from './loader.ts'
import { addOptions, type OptionFormat, readOptions, removeOptions } from './option-lines.ts'

/** A file with kernel parameters of the administrator's and ours. */
export interface OptionFile {
  path: string
  format: OptionFormat
  text: string
}

/** What `$kernelopts` and its like stand for on an entry's options line. */
export type Variables = Readonly<Record<string, ParameterOrigin[]>>

/** `/etc/kernel/cmdline` when it is there: what kernels that are installed later get. */
export function kernelCmdlineFile(root: Root): OptionFile[] {
  const path = '/etc/kernel/cmdline'
  const text = root.readTextIfThere(path)
  return text === undefined ? [] : [{ path, format: 'cmdline', text }]
}

/** Every parameter that is not ours, each once with the first place where it stands. */
export function administratorOf(
  root: Root,
  files: readonly OptionFile[],
  variables: Variables,
): ParameterOrigin[] {
  const added = readAdded(root)
  const found = new Map<string, ParameterOrigin>()
  for (const file of files) {
    for (const origin of originsOf(theirs(file, added), variables)) {
      if (!found.has(origin.parameter)) found.set(origin.parameter, origin)
    }
  }
  return [...found.values()]
}

/** Those of the parameters we were asked for that every file has; undefined when we have added nothing. */
export function oursIn(root: Root, files: readonly OptionFile[], variables: Variables): string | undefined {
  const added = readAdded(root)
  if (!added) return undefined
  const lines = files.map((file) => parseUnits(expand(readOptions(file.text, file.format), variables)))
  return parseUnits(added.parameters)
    .filter((unit) => lines.every((line) => line.some((one) => sameUnit(one, unit))))
    .map(({ text }) => text)
    .join(' ')
}

export interface OptionChange {
  file: OptionFile
  /** without ours */
  theirs: string
  /** as it shall be */
  wanted: string
  add: string
  remove: string
}

/** What has to change so that each file has the parameters once, instead of our earlier ones. */
export function planChanges(
  root: Root,
  files: readonly OptionFile[],
  parameters: string,
  variables: Variables,
): { changes: OptionChange[]; added: AddedParameters | undefined } {
  const before = readAdded(root)
  const changes = files.map((file): OptionChange => {
    const remove = addedTo(file.path, before)
    const own = theirs(file, before)
    const add = missingFrom(expand(readOptions(own.text, own.format), variables), parameters)
    return { file, theirs: own.text, wanted: addOptions(own.text, file.format, add), add, remove }
  })
  const added = Object.fromEntries(changes.map(({ file, add }) => [file.path, add]))
  return { changes, added: parameters === '' ? undefined : { parameters, files: added } }
}

/** Makes the changes: first the list of what is ours, then each file that differs. */
export function writeChanges(
  { root }: Ports,
  { changes, added }: { changes: readonly OptionChange[]; added: AddedParameters | undefined },
): void {
  if (added) writeAdded(root, added)
  for (const { file, wanted } of changes) if (file.text !== wanted) root.writeFile(file.path, wanted)
  if (!added) writeAdded(root, undefined)
}

/** The file as it is without our parameters. */
function theirs(file: OptionFile, added: AddedParameters | undefined): OptionFile {
  return { ...file, text: removeOptions(file.text, file.format, addedTo(file.path, added)) }
}

/**
 * What of a file is ours. An entry that we never wrote (a kernel installed since) took ours over from
 * /etc/kernel/cmdline, or else from the running command line: then those count that we added to every file.
 */
function addedTo(path: string, added: AddedParameters | undefined): string {
  if (!added) return ''
  const source = added.files[path] ?? added.files['/etc/kernel/cmdline']
  if (source !== undefined) return source
  const lists = Object.values(added.files).map(parameterTexts)
  return parameterTexts(added.parameters)
    .filter((text) => lists.every((list) => list.includes(text)))
    .join(' ')
}

function expand(line: string, variables: Variables): string {
  const expanded = parameterTexts(line).flatMap((text) => {
    const known = variables[text]
    return known ? known.map(({ parameter }) => parameter) : [text]
  })
  return expanded.join(' ')
}

function originsOf(file: OptionFile, variables: Variables): ParameterOrigin[] {
  const options = readOptions(file.text, file.format)
  const lineAt = lineIndex(file.text)
  let from = 0
  return parameterPositions(options).flatMap(({ text }) => {
    // Each parameter is found again in the file after the one before it, which gives its line.
    from = file.text.indexOf(text, from)
    const origin = { parameter: text, place: { file: file.path, line: lineAt(from) } }
    from += text.length
    return variables[text] ?? [origin]
  })
}
