import { parameterPositions } from '../core/cmdline/parse.ts'
import type { Root } from '../host/ports.ts'
import { lineIndex } from './line-index.ts'
import type { ParameterOrigin } from './loader.ts'
import { readOptions } from './option-lines.ts'

const ENTRIES = '/boot/loader/entries/ostree-*.conf'

/** The boot loader entry of the deployment that boots next; undefined where there is none. */
export function ostreeEntry(root: Root): string | undefined {
  // ostree counts down: of ostree-2-fcos.conf and ostree-1-fcos.conf the menu shows 2 first.
  return root.glob(ENTRIES).toSorted((a, b) => numberOf(b) - numberOf(a))[0]
}

/** Its kernel arguments, each with its line. What ostree will write anew, so good for reading only. */
export function ostreeEntryArguments(root: Root): ParameterOrigin[] {
  const file = ostreeEntry(root)
  if (file === undefined) return []
  const text = root.readTextIfThere(file) ?? ''
  const lineAt = lineIndex(text)
  let from = 0
  return parameterPositions(readOptions(text, 'entry')).map(({ text: parameter }) => {
    from = text.indexOf(parameter, from)
    const origin = { parameter, place: { file, line: lineAt(from) } }
    from += parameter.length
    return origin
  })
}

function numberOf(path: string): number {
  return Number(/\/ostree-(\d+)[^/]*$/.exec(path)?.[1] ?? 0)
}
