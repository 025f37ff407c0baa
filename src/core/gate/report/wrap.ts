import { displayWidth } from '../../report/table.ts'

/** Control characters of a hostile name must not reach the terminal; U+2028 and U+2029 break lines, too. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** One item in lines of at most `width` columns; words that are longer are broken. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text
    .replace(CONTROL, '\uFFFD')
    .split(' ')
    .flatMap((one) => broken(one, width))) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function broken(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const character of word) {
    if (displayWidth(part + character) > width) {
      parts.push(part)
      part = character
    } else part += character
  }
  return [...parts, part]
}

/** Rows of cells, each of several lines, under a head; columns two blanks apart. */
export function wrappedTable(
  head: readonly string[],
  rows: readonly (readonly (readonly string[])[])[],
  widths: readonly number[],
): string[] {
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, widths[column]! - displayWidth(cell))))
      .join('  ')
      .trimEnd()
  return [
    line(head),
    ...rows.flatMap((row) => {
      const wrapped = row.map((items, column) => items.flatMap((item) => wrap(item, widths[column]!)))
      const height = Math.max(...wrapped.map((cell) => cell.length))
      return Array.from({ length: height }, (_, at) => line(wrapped.map((cell) => cell[at] ?? '')))
    }),
  ]
}
