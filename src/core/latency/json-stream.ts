const QUOTE = 34
const BACKSLASH = 92
/** Longest text of one string that is kept, bytes; the rest of a longer one is dropped. */
const MAX_TEXT = 64 * 1024

export interface JsonSink {
  /** A value that is not an object: `path` is the keys down to it (array elements have the key ''). */
  value(path: readonly string[], text: string, quoted: boolean): void
  /** An object began. */
  object(path: readonly string[]): void
}

/**
 * A streaming reader for the JSON that rt-tests print, which is not always JSON: bare `-nan`, and quotes inside
 * `cmdline` that are not escaped. A quote ends a string only when what follows can follow a string there: `:`, `}`, `]`,
 * the end of the line, or a comma before the end of the line or the next quote.
 */
export class JsonStream {
  /** bytes that have no place in JSON */
  damaged = 0
  /** line of the first of them, counted from the first byte */
  damagedLine: number | null = null
  lines = 1
  /** the outermost object was closed */
  closed = false
  readonly #sink: JsonSink
  readonly #path: string[] = []
  readonly #closers: number[] = []
  readonly #text = Buffer.alloc(MAX_TEXT)
  #length = 0
  #state: 'value' | 'key' | 'string' | 'quote' | 'quoteComma' | 'colon' | 'bare' | 'after' = 'value'
  #isKey = false
  #held = ''

  constructor(sink: JsonSink) {
    this.#sink = sink
  }

  /** Returns the number of bytes used when the outermost object closes, else -1. */
  write(bytes: Uint8Array): number {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (byte === 10) this.lines++
      this.#byte(byte)
      if (this.closed) return i + 1
    }
    return -1
  }

  #byte(byte: number): void {
    switch (this.#state) {
      case 'string':
        if (byte === QUOTE && this.#text[this.#length - 1] !== BACKSLASH) this.#state = 'quote'
        else this.#push(byte)
        return
      case 'quote':
      case 'quoteComma':
        this.#afterQuote(byte)
        return
      case 'bare':
        if (byte === 44 || byte === 125 || byte === 93 || byte <= 32) {
          this.#emit(false)
          if (byte > 32) this.#structure(byte)
        } else this.#push(byte)
        return
      default:
        if (byte > 32) this.#structure(byte)
    }
  }

  #afterQuote(byte: number): void {
    if (byte === 32 || byte === 9 || byte === 13) {
      this.#held += String.fromCharCode(byte)
      return
    }
    const comma = this.#state === 'quoteComma'
    const ends = comma
      ? byte === 10 || byte === QUOTE
      : byte === 10 || byte === 125 || byte === 93 || (byte === 58 && this.#isKey)
    if (ends) {
      this.#emit(true)
      if (comma) this.#structure(44)
      if (byte !== 10) this.#structure(byte)
    } else if (!comma && byte === 44) {
      this.#held += ','
      this.#state = 'quoteComma'
    } else {
      this.#push(QUOTE)
      for (const held of this.#held) this.#push(held.charCodeAt(0))
      this.#held = ''
      this.#state = 'string'
      this.#byte(byte)
    }
  }

  #structure(byte: number): void {
    const object = this.#closers.at(-1) === 125
    if (byte === 123 || byte === 91) {
      if (this.#closers.length > 16) {
        this.#damage()
        return
      }
      if (byte === 123) this.#sink.object(this.#path)
      this.#closers.push(byte + 2)
      this.#path.push('')
      this.#state = byte === 123 ? 'key' : 'value'
    } else if (byte === 125 || byte === 93) {
      if (this.#closers.pop() !== byte) this.#damage()
      this.#path.pop()
      this.#state = 'after'
      this.closed = this.#closers.length === 0
    } else if (byte === 44) this.#state = object ? 'key' : 'value'
    else if (byte === 58) this.#state = 'value'
    else if (byte === QUOTE) {
      // a quote after a value: the comma was lost, so a key begins
      this.#isKey = object && this.#state !== 'value'
      if (this.#state === 'after') this.#damage()
      this.#length = 0
      this.#held = ''
      this.#state = 'string'
    } else if (this.#state === 'value') {
      this.#length = 0
      this.#push(byte)
      this.#state = 'bare'
    } else this.#damage()
  }

  #emit(quoted: boolean): void {
    const text = this.#text.toString('utf8', 0, this.#length)
    if (quoted && this.#isKey) {
      this.#path[this.#path.length - 1] = text
      this.#state = 'colon'
    } else {
      this.#sink.value(this.#path, quoted ? text.replace(/\\(["\\/])/g, '$1') : text, quoted)
      this.#state = 'after'
    }
  }

  #push(byte: number): void {
    if (this.#length < MAX_TEXT) this.#text[this.#length++] = byte
  }

  #damage(): void {
    this.damaged++
    this.damagedLine ??= this.lines
  }
}
