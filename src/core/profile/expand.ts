import { InputError, type Place } from '../errors.ts'
import type { FunctionCall } from './functions/env.ts'
import { FUNCTION_BY_NAME } from './functions/functions.ts'
import { nearest } from './nearest.ts'
import { isWord } from './python-text.ts'

/** No value of a profile is longer; variables that hold each other could grow without end. */
const MAX_CHARACTERS = 1 << 20
const VARIABLE = /(?<!\\)\$\{([\p{L}\p{N}_]+)\}/gu
const ESCAPED_VARIABLE = /\\(\$\{[\p{L}\p{N}_]+\})/gu

/**
 * Variables, then functions, once. `\${x}` loses its backslash and stays; an undefined `${x}` stays as it is.
 * @throws InputError for an unknown function, a failed assertion, and what the functions themselves refuse
 */
export function expandText(text: string, variables: ReadonlyMap<string, string>, call: FunctionCall): string {
  return expandFunctions(expandVariables(text, variables, call), call)
}

function expandVariables(
  text: string,
  variables: ReadonlyMap<string, string>,
  { place }: FunctionCall,
): string {
  let added = 0
  const replaced = text.replace(VARIABLE, (whole, name: string) => {
    const value = variables.get(name) ?? whole
    added += value.length
    if (added > MAX_CHARACTERS) throw tooLong(name, place)
    return value
  })
  return replaced.replace(ESCAPED_VARIABLE, '$1')
}

/** Names that `text` refers to, escaped ones left out. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map((match) => match[1]!)
}

/** `${f:name:argument:…}` from the inside out; results are text like any other, so a ':' in one divides arguments. */
function expandFunctions(text: string, call: FunctionCall): string {
  let out = text
  const open: { at: number; escaped: boolean }[] = []
  let escaped = false
  for (let at = 0; at < out.length; at++) {
    if (out[at] === '}') {
      const start = open.pop()
      if (!start) return unpaired(text, out, call)
      const result = start.escaped ? undefined : callFunction(out.slice(start.at, at), call)
      if (result !== undefined) {
        out = out.slice(0, start.at) + result + out.slice(at + 1)
        at = start.at + result.length - 1
      }
    } else if (out.startsWith('${', at)) open.push({ at, escaped })
    escaped = out[at] === '\\'
  }
  return unescapeFunctions(out)
}

function unpaired(text: string, out: string, { warn }: FunctionCall): string {
  if (text.includes('${f:'))
    warn('unpaired-brace', `'${text}' has a '}' too many; functions after it are not expanded`)
  return unescapeFunctions(out)
}

/** `body` is `${f:name:argument`, without the closing brace. */
function callFunction(body: string, call: FunctionCall): string | undefined {
  const [head, name = '', ...args] = splitUnescaped(body).map((part) => part.replaceAll('\\:', ':'))
  if (head !== '${f' || !isWord(name)) return undefined
  const known = FUNCTION_BY_NAME.get(name)
  if (!known) throw unknownFunction(name, call)
  const [min, max] = known.arity
  if (args.length >= min && args.length <= max) return known.call(args, call)
  const wanted =
    min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`
  call.warn(
    'argument-count',
    `the function '${name}' takes ${wanted} arguments, not ${args.length}; left as written`,
  )
  return undefined
}

/** Splits at each ':' that has no backslash before it. */
function splitUnescaped(text: string): string[] {
  const parts: string[] = []
  let from = 0
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    if (text[at - 1] === '\\') continue
    parts.push(text.slice(from, at))
    from = at + 1
  }
  return [...parts, text.slice(from)]
}

/** Of each line, the first `\${f:` that a brace follows loses its backslash, as in TuneD. */
function unescapeFunctions(text: string): string {
  if (!text.includes('\\${f:')) return text
  return text
    .split('\n')
    .map((line) => {
      const at = line.indexOf('\\${f:')
      return at !== -1 && line.lastIndexOf('}') > at + 4 ? line.slice(0, at) + line.slice(at + 1) : line
    })
    .join('\n')
}

function tooLong(name: string, place: Place): InputError {
  return new InputError({
    code: 'value-too-long',
    message: `with the variable '${name}' this value grows over ${MAX_CHARACTERS} characters`,
    place,
  })
}

function unknownFunction(name: string, { place }: FunctionCall): InputError {
  const close = nearest(name, [...FUNCTION_BY_NAME.keys()])
  return new InputError({
    code: 'unknown-function',
    message: `there is no built-in function '${name}'`,
    place,
    next: close ? `Did you mean '${close}'?` : 'docs/profiles.md lists the built-in functions.',
  })
}
