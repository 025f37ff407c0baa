/** Longest line that is held, bytes: cyclictest logs up to a million overflowed cycles of 8 bytes on one line. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

export interface LineSink {
  /** One line `bytes[start, end)` without its line feed; `cut`: the file ended before the line feed. */
  line(bytes: Buffer, start: number, end: number, cut: boolean): void
  /** A line was longer than can be held; its end was thrown away and it is not given to `line`. */
  tooLong(): void
}

/** Cuts chunks of bytes into lines; only the unfinished last line is ever kept. */
export class LineSplitter {
  readonly #sink: LineSink
  #kept: Buffer[] = []
  #keptBytes = 0
  #skipping = false

  constructor(sink: LineSink) {
    this.#sink = sink
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let start = 0
    for (let feed = bytes.indexOf(10); feed !== -1; feed = bytes.indexOf(10, start)) {
      if (this.#skipping) this.#skipping = false
      else if (this.#keptBytes === 0) this.#sink.line(bytes, start, feed, false)
      else this.#emitKept(bytes.subarray(start, feed), false)
      start = feed + 1
    }
    if (start < bytes.length && !this.#skipping) this.#keep(bytes.subarray(start))
  }

  end(): void {
    if (this.#keptBytes > 0) this.#emitKept(Buffer.alloc(0), true)
  }

  #keep(rest: Buffer): void {
    this.#kept.push(Buffer.from(rest))
    this.#keptBytes += rest.length
    if (this.#keptBytes <= MAX_LINE_BYTES) return
    this.#drop()
    this.#skipping = true
    this.#sink.tooLong()
  }

  #emitKept(rest: Buffer, cut: boolean): void {
    const line = Buffer.concat([...this.#kept, rest])
    this.#drop()
    this.#sink.line(line, 0, line.length, cut)
  }

  #drop(): void {
    this.#kept = []
    this.#keptBytes = 0
  }
}
