import type { Place } from '../core/errors.ts'

/** A stretch of a value and where it was written. */
export interface Piece {
  text: string
  place: Place
}

export type Lookup = (name: string) => readonly Piece[]

/** A word that was read, and the offset after it; undefined for forms that only a shell can evaluate. */
export type Word = { pieces: Piece[]; end: number } | undefined

const VARIABLE = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/y
const CONDITIONAL = /\$\{([A-Za-z_]\w*)(:?[+-])/y
/** Deeper nesting of ${…} is nobody's settings file. */
const DEEPEST = 20
const ENDS_WORD = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')'])

/**
 * Reads the value of an assignment as sh does, for the forms that boot loader settings use: '…', "…", \x, $VAR, ${VAR},
 * ${VAR:+…}, ${VAR:-…}. Command substitution and arithmetic are never run: such a word is undefined.
 */
export function readWord(source: ShellSource, from: number, lookup: Lookup): Word {
  return new WordReader(source, lookup).read(from, 'plain')
}

export interface ShellSource {
  file: string
  text: string
  /** number of the line at an offset, from 1 */
  lineAt(offset: number): number
}

class WordReader {
  readonly #source: ShellSource
  readonly #text: string
  readonly #lookup: Lookup
  #depth = 0

  constructor(source: ShellSource, lookup: Lookup) {
    this.#source = source
    this.#text = source.text
    this.#lookup = lookup
  }

  /** plain: up to the word's end. quoted: up to the closing ". brace: up to the } of `${VAR:+…}` inside quotes. */
  read(from: number, mode: 'plain' | 'quoted' | 'brace'): Word {
    const pieces: Piece[] = []
    let at = from
    for (;;) {
      const char = this.#text[at]
      if (char === undefined) return mode === 'plain' ? { pieces, end: at } : undefined
      if (mode === 'plain' && ENDS_WORD.has(char)) return { pieces, end: at }
      if (mode === 'quoted' && char === '"') return { pieces, end: at + 1 }
      if (mode === 'brace' && char === '}') return { pieces, end: at + 1 }
      const part = this.#part(at, char, mode)
      if (!part) return undefined
      append(pieces, part.pieces)
      at = part.end
    }
  }

  #part(at: number, char: string, mode: 'plain' | 'quoted' | 'brace'): Word {
    if (char === '`') return undefined
    if (char === '$') return this.#dollar(at)
    if (char === '\\') return this.#backslash(at, mode)
    if (mode === 'plain' && char === "'") return this.#singleQuoted(at)
    if (mode === 'plain' && char === '"') return this.read(at + 1, 'quoted')
    if (mode === 'brace' && char === '"') return undefined
    return { pieces: [this.#piece(char, at)], end: at + 1 }
  }

  #singleQuoted(at: number): Word {
    const close = this.#text.indexOf("'", at + 1)
    if (close < 0) return undefined
    const pieces: Piece[] = []
    for (let from = at + 1; from < close; ) {
      const newline = this.#text.indexOf('\n', from)
      const end = newline < 0 || newline >= close ? close : newline + 1
      pieces.push(this.#piece(this.#text.slice(from, end), from))
      from = end
    }
    return { pieces, end: close + 1 }
  }

  #backslash(at: number, mode: 'plain' | 'quoted' | 'brace'): Word {
    const next = this.#text[at + 1]
    if (next === undefined) return undefined
    if (next === '\n') return { pieces: [], end: at + 2 }
    // Inside double quotes a backslash stays, unless it stands before one of these (POSIX 2.2.3).
    const stays = mode !== 'plain' && !'$`"\\}'.includes(next)
    const kept = mode === 'quoted' && next === '}' ? '\\}' : next
    return { pieces: [this.#piece(stays ? `\\${next}` : kept, at)], end: at + 2 }
  }

  #dollar(at: number): Word {
    VARIABLE.lastIndex = at
    const variable = VARIABLE.exec(this.#text)
    if (variable) return { pieces: [...this.#lookup((variable[1] ?? variable[2])!)], end: VARIABLE.lastIndex }
    CONDITIONAL.lastIndex = at
    const conditional = CONDITIONAL.exec(this.#text)
    if (conditional) {
      if (this.#depth >= DEEPEST) return undefined
      this.#depth++
      const inner = this.read(CONDITIONAL.lastIndex, 'brace')
      this.#depth--
      if (!inner) return undefined
      const value = this.#lookup(conditional[1]!)
      const set = value.some(({ text }) => text !== '')
      const chosen = conditional[2]!.endsWith('+') ? (set ? inner.pieces : []) : set ? value : inner.pieces
      return { pieces: [...chosen], end: inner.end }
    }
    // A dollar before anything else that could begin an expansion is the shell's.
    if (/[({\w@*#?$!-]/.test(this.#text[at + 1] ?? '')) return undefined
    return { pieces: [this.#piece('$', at)], end: at + 1 }
  }

  #piece(text: string, at: number): Piece {
    return { text, place: { file: this.#source.file, line: this.#source.lineAt(at) } }
  }
}

/** Adds pieces; what stands on one line becomes one piece. */
function append(pieces: Piece[], more: readonly Piece[]): void {
  for (const piece of more) {
    const last = pieces.at(-1)
    const together = last && last.place.line === piece.place.line && last.place.file === piece.place.file
    if (together) pieces[pieces.length - 1] = { text: last.text + piece.text, place: last.place }
    else pieces.push(piece)
  }
}
