/** Characters a terminal shows, without the escape sequences of colours. */
export function shownWidth(text: string): number {
  return [...text.replace(/\x1b\[[0-9;]*m/g, '')].length
}

/** Rows in columns, two blanks apart; the last column is not padded. Cells may be coloured. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => shownWidth(row[column] ?? ''))))
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + ' '.repeat(widths[column]! - shownWidth(cell)),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** At most `width` characters, the cut marked by an ellipsis. */
export function clip(text: string, width: number): string {
  const one = text.replace(/\s+/g, ' ').trim()
  return one.length <= width ? one : `${one.slice(0, width - 1)}…`
}
