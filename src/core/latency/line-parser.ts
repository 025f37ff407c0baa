import type { Measurement } from './measurement.ts'

/** What the caller knows of the run beside the text, such as the engine that started the tool. */
export interface RunContext {
  /** the tool's argv, `argv[0]` the program */
  argv?: readonly string[]
  exitCode?: number
}

/** A line without colour, log prefix and outer blanks. */
export interface TextLine {
  text: string
  number: number
  /** the file ends in this line without a line feed: its last number may be half a number */
  cut: boolean
  /** the line came with a clear screen or cursor up: a live display draws over what it drew before */
  redraw: boolean
}

/** `mine`: taken; `other`: not this tool's line; `next-run`: it begins another run of the same tool. */
export type LineFate = 'mine' | 'other' | 'next-run'

/** The parser of one run in a line-based format. */
export interface LineParser {
  /** Hot path: a line of which the first byte after blanks is a digit. True when it was taken as a row. */
  row(bytes: Uint8Array, start: number, end: number, line: number): boolean
  line(line: TextLine): LineFate
  /** With `next-run`: lines taken before that turn out to be the beginning of the next run. */
  held?(): readonly TextLine[]
  /** Lines of others were between the lines of this run. */
  foreign(count: number): void
  /** The last line was cut (and was not given to `row`). */
  end(cut: TextLine | null): Measurement
}

/** A line-based format: how to know it, and how to read one run of it. */
export interface LineFormat {
  /** The position in the line where a text that only this format has begins, or -1. */
  recognise(text: string): number
  create(context: RunContext): LineParser
}
