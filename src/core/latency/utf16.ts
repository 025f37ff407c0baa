type Encoding = 'utf-16le' | 'utf-16be'

/**
 * Turns a stream in UTF-16 (PowerShell's redirection, `iconv -t UTF-16`) into UTF-8; any other stream stays as it is.
 * The first two bytes tell: a byte order mark, or an ASCII character with its zero beside it.
 */
export class Utf16Reader {
  #decoder: InstanceType<typeof TextDecoder> | null = null
  #known = false
  #first: Buffer = Buffer.alloc(0)

  /** The chunk as UTF-8, empty while too little of the file is known. */
  read(chunk: Uint8Array): Uint8Array {
    let bytes = chunk
    if (!this.#known) {
      bytes = this.#first.length === 0 ? chunk : Buffer.concat([this.#first, chunk])
      if (bytes.length < 2) {
        this.#first = Buffer.from(bytes)
        return Buffer.alloc(0)
      }
      this.#begin(bytes)
    }
    return this.#decoder ? Buffer.from(this.#decoder.decode(bytes, { stream: true })) : bytes
  }

  /** What is left at the end of the file. */
  end(): Uint8Array {
    if (!this.#known) return this.#first
    return Buffer.from(this.#decoder?.decode() ?? '')
  }

  #begin(bytes: Uint8Array): void {
    this.#known = true
    const encoding = encodingOf(bytes[0]!, bytes[1]!)
    this.#decoder = encoding && new TextDecoder(encoding)
  }
}

function encodingOf(first: number, second: number): Encoding | null {
  if ((first === 0xff && second === 0xfe) || (second === 0 && isText(first))) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && isText(second))) return 'utf-16be'
  return null
}

function isText(byte: number): boolean {
  return byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127)
}
