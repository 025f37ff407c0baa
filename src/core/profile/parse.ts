import { InputError, type Place } from '../errors.ts'
import { isSpace, strip, stripEnd } from './python-text.ts'

export interface ParsedOption {
  /** null: a name alone, without '=' (only variables files may have it) */
  value: string | null
  place: Place
}

export interface ParsedSection {
  name: string
  place: Place
  /** in the order of first definition; the last definition of a name counts */
  options: Map<string, ParsedOption>
}

export interface ParseOptions {
  /** a variables file: options may stand before any section, and names without '=' are skipped later */
  headerless?: boolean
}

/** Its options are added to every other section that does not have them, as Python's configparser does. */
const DEFAULT_SECTION = 'DEFAULT'
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/

/**
 * Reads profile text: `[section]`, `name=value`, '#' and ';' comments on their own line, '#' comments after white
 * space, continuation lines by deeper indentation. ':' divides nothing and '%' means nothing.
 * @throws InputError with file:line for text that is none of these
 */
export function parseProfile(text: string, file: string, options: ParseOptions = {}): ParsedSection[] {
  const reader = new SectionReader(file, options.headerless === true)
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  for (const [index, line] of lines.entries()) reader.take(line, index + 1)
  return reader.finish()
}

interface OpenOption {
  lines: string[] | null
  place: Place
}

class SectionReader {
  readonly #file: string
  readonly #headerless: boolean
  readonly #sections = new Map<string, { place: Place; options: Map<string, OpenOption> }>()
  #section: Map<string, OpenOption> | undefined
  #option: OpenOption | undefined
  #indent = 0

  constructor(file: string, headerless: boolean) {
    this.#file = file
    this.#headerless = headerless
    if (headerless) this.#open('', { file })
  }

  take(line: string, number: number): void {
    const place = { file: this.#file, line: number }
    if (line.includes('\0'))
      throw bad(place, 'bad-character', 'a NUL character stands here', 'Is this a text file?')
    const content = withoutComment(line)
    const text = strip(content ?? line)
    if (text === '') {
      if (content === undefined) this.#option?.lines?.push('')
      return
    }
    const control = CONTROL.exec(text)
    if (control) throw badControl(place, control[0])
    const indent = line.search(/[^\s\ufeff]|\ufeff/)
    if (this.#option && indent > this.#indent) {
      this.#continue(text, place)
      return
    }
    this.#indent = indent
    if (text.startsWith('[')) this.#header(text, place)
    else this.#define(text, place)
  }

  finish(): ParsedSection[] {
    const defaults = this.#sections.get(DEFAULT_SECTION)?.options ?? new Map<string, OpenOption>()
    return [...this.#sections]
      .filter(([name]) => name !== DEFAULT_SECTION)
      .map(([name, { place, options }]) => ({
        name,
        place,
        options: new Map([...options, ...[...defaults].filter(([key]) => !options.has(key))].map(joined)),
      }))
  }

  #continue(text: string, place: Place): void {
    if (!this.#option?.lines)
      throw bad(
        place,
        'bad-line',
        `'${shown(text)}' continues a name that has no value`,
        "Write 'name=value', or begin the line at the margin.",
      )
    this.#option.lines.push(text)
  }

  #header(text: string, place: Place): void {
    const end = text.lastIndexOf(']')
    if (end === -1)
      throw bad(
        place,
        'bad-section',
        `the section header '${shown(text)}' has no closing ']'`,
        "Write '[name]' on a line of its own.",
      )
    if (end === 1)
      throw bad(place, 'bad-section', 'a section has no name', "Write '[name]', such as '[sysctl]'.")
    this.#open(text.slice(1, end), place)
  }

  #open(name: string, place: Place): void {
    const options = this.#sections.get(name)?.options ?? new Map<string, OpenOption>()
    this.#sections.set(name, { place, options })
    this.#section = options
    this.#option = undefined
  }

  #define(text: string, place: Place): void {
    if (!this.#section)
      throw bad(
        place,
        'text-before-section',
        `'${shown(text)}' stands before any section`,
        "A profile begins with '[main]'.",
      )
    const equals = text.indexOf('=')
    const name = stripEnd(equals === -1 ? text : text.slice(0, equals))
    if (equals === -1 && !this.#headerless)
      throw bad(
        place,
        'bad-line',
        `'${shown(text)}' has no '='`,
        "Write 'name=value'; a longer value continues on indented lines.",
      )
    if (name === '')
      throw bad(place, 'bad-line', `'${shown(text)}' has no name before the '='`, "Write 'name=value'.")
    this.#option = { lines: equals === -1 ? null : [strip(text.slice(equals + 1))], place }
    this.#section.set(name, this.#option)
  }
}

/** The line up to its comment; undefined when it has none. */
function withoutComment(line: string): string | undefined {
  const first = strip(line)[0]
  if (first === '#' || first === ';') return ''
  for (let at = line.indexOf('#'); at !== -1; at = line.indexOf('#', at + 1)) {
    if (at === 0 || isSpace(line[at - 1])) return line.slice(0, at)
  }
  return undefined
}

function joined([name, { lines, place }]: [string, OpenOption]): [string, ParsedOption] {
  return [name, { value: lines === null ? null : stripEnd(lines.join('\n')), place }]
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function badControl(place: Place, character: string): InputError {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0')
  return bad(place, 'bad-character', `a control character (U+${code}) stands here`, 'Remove it.')
}

function bad(place: Place, code: string, message: string, next: string): InputError {
  return new InputError({ code, message, place, next })
}
