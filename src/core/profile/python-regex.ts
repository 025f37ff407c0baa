import { InputError, type Place } from '../errors.ts'

export interface PythonRegexOptions {
  /** re.MULTILINE: `^` and `$` also stand at the lines within the text */
  multiline?: boolean
}

/**
 * A regular expression of Python's `re` as JavaScript's. Translated: `(?P<name>`, `(?P=name)`, `\A`, `\Z`, comments,
 * leading flags `(?i)(?m)(?s)(?a)(?u)`, what `\w \b $ .` mean, braces and brackets that stand for themselves.
 * Reference: docs.python.org/3/library/re.html
 * @throws InputError `bad-regex` with the place, for an invalid expression and for what JavaScript does not have
 */
export function pythonRegex(source: string, place: Place, options: PythonRegexOptions = {}): RegExp {
  try {
    return new Translator(source, options.multiline === true).regExp()
  } catch (error) {
    const why = (error as Error).message.replace(/^Invalid regular expression: .*: /s, '')
    throw new InputError({
      code: 'bad-regex',
      message: `the regular expression '${source}' cannot be used: ${why}`,
      place,
      next: "Write it in the syntax of Python's re module, without scoped flags, conditions or possessive quantifiers.",
      cause: error,
    })
  }
}

const WORD = '[\\p{L}\\p{N}_]'
const NOT_WORD = '[^\\p{L}\\p{N}_]'
const BOUNDARY = `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`
const NOT_BOUNDARY = `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`
/** letters after a backslash that mean the same in both languages, also within brackets */
const SAME_ESCAPES = 'dDsSnrtfv'
const CONTROL_ESCAPES: Readonly<Record<string, string>> = { a: '\\x07', 0: '\\x00' }
const UNSUPPORTED_GROUP = /^\(\?(?:>|\(|[aiLmsux]*-[imsx]+:|[aiLmsux]+:)/

class Translator {
  readonly #source: string
  #at = 0
  #out = ''
  #flags = 'u'
  #multiline: boolean
  #dotAll = false

  constructor(source: string, multiline: boolean) {
    this.#source = source
    this.#multiline = multiline
  }

  regExp(): RegExp {
    this.#leadingFlags()
    while (this.#at < this.#source.length) this.#out += this.#next()
    return new RegExp(this.#out, this.#flags)
  }

  #leadingFlags(): void {
    const match = /^\(\?([aimsu]+)\)/.exec(this.#source)
    if (!match) return
    if (match[1]!.includes('i')) this.#flags += 'i'
    if (match[1]!.includes('m')) this.#multiline = true
    if (match[1]!.includes('s')) this.#dotAll = true
    this.#at = match[0].length
  }

  #next(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at)!)
    if (character === '\\') return this.#escape(false)
    if (character === '[') return this.#brackets()
    if (character === '(') return this.#group()
    if (character === '{') return this.#brace()
    this.#at += character.length
    if (character === '.') return this.#dotAll ? '[\\s\\S]' : '[^\\n]'
    if (character === '^') return this.#multiline ? '(?<![^\\n])' : '(?<![\\s\\S])'
    if (character === '$') return this.#multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))'
    if ('*+?'.includes(character)) return this.#quantified(character)
    return character === '}' || character === ']' ? `\\${character}` : character
  }

  #quantified(quantifier: string): string {
    if (this.#source[this.#at] === '+') throw new Error('possessive quantifiers are not supported')
    return quantifier
  }

  /** `{2,3}` repeats; any other brace is a brace. Python's `{,3}` is `{0,3}`. */
  #brace(): string {
    const match = /^\{(\d*)(?:(,)(\d*))?\}/.exec(this.#source.slice(this.#at, this.#at + 40))
    if (!match || (match[1] === '' && match[2] === undefined)) {
      this.#at++
      return '\\{'
    }
    this.#at += match[0].length
    return this.#quantified(`{${match[1] || '0'}${match[2] ?? ''}${match[3] ?? ''}}`)
  }

  #group(): string {
    const rest = this.#source.slice(this.#at, this.#at + 200)
    const named = /^\(\?P([<=])([\p{L}_][\p{L}\p{N}_]*)[>)]/u.exec(rest)
    const comment = /^\(\?#[^)]*\)/.exec(rest)
    if (named) {
      this.#at += named[0].length
      return named[1] === '<' ? `(?<${named[2]}>` : `\\k<${named[2]}>`
    }
    if (comment) {
      this.#at += comment[0].length
      return ''
    }
    if (UNSUPPORTED_GROUP.test(rest)) throw new Error(`the group '${rest.slice(0, 6)}' is not supported`)
    this.#at++
    return '('
  }

  #escape(inBrackets: boolean): string {
    const letter = String.fromCodePoint(this.#source.codePointAt(this.#at + 1) ?? 0)
    if (this.#at + 1 >= this.#source.length) throw new Error('it ends in a backslash')
    const long = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[1-9]\d?)/.exec(
      this.#source.slice(this.#at, this.#at + 10),
    )
    if (long) {
      this.#at += long[0].length
      return letter === 'U' ? `\\u{${long[0].slice(2)}}` : long[0]
    }
    this.#at += 1 + letter.length
    if (SAME_ESCAPES.includes(letter)) return `\\${letter}`
    if (letter in CONTROL_ESCAPES) return CONTROL_ESCAPES[letter]!
    if (letter === 'w') return inBrackets ? '\\p{L}\\p{N}_' : WORD
    if (letter === 'b') return inBrackets ? '\\x08' : BOUNDARY
    if (!inBrackets && letter === 'W') return NOT_WORD
    if (!inBrackets && letter === 'B') return NOT_BOUNDARY
    if (!inBrackets && letter === 'A') return '(?<![\\s\\S])'
    if (!inBrackets && letter === 'Z') return '(?![\\s\\S])'
    if (/[A-Za-z0-9]/.test(letter)) throw new Error(`the escape '\\${letter}' is not known`)
    return literal(letter)
  }

  /** `[]x]` and `[^]x]` hold a bracket; `[` within brackets stands for itself. */
  #brackets(): string {
    let out = '['
    this.#at++
    if (this.#source[this.#at] === '^') out += this.#source[this.#at++]
    for (let first = true; ; first = false) {
      const character = this.#source.codePointAt(this.#at)
      if (character === undefined) throw new Error("a '[' is not closed")
      const text = String.fromCodePoint(character)
      if (text === ']' && !first) break
      if (text === '\\') out += this.#escape(true)
      else {
        out += text === '-' ? this.#dash(first, out) : '[]^'.includes(text) ? `\\${text}` : text
        this.#at += text.length
      }
    }
    this.#at++
    return `${out}]`
  }

  /** A '-' at either end, or after a class such as `\w`, is a dash. */
  #dash(first: boolean, before: string): string {
    const last = this.#source[this.#at + 1] === ']'
    return first || last || /(?:\\[dDsS]|_)$/.test(before) ? '\\-' : '-'
  }
}

function literal(character: string): string {
  return '^$\\.*+?()[]{}|/-'.includes(character)
    ? character === '-'
      ? '\\x2d'
      : `\\${character}`
    : character
}
