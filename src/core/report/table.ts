// East Asian wide and fullwidth forms, and emoji (Unicode UAX #11); enough for names of hosts and suites
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u
const ZERO = /\p{Mn}|\p{Me}|\p{Cf}/u

/** Columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

/** Rows of equal display width, two blanks between columns; the first column to the left, numbers to the right. */
export function renderTable(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...rows.map((row) => displayWidth(row[i] ?? ''))),
  )
  return rows.map((row) =>
    widths
      .map((width, i) => {
        const cell = row[i] ?? ''
        const fill = ' '.repeat(width - displayWidth(cell))
        return i === 0 ? cell + fill : fill + cell
      })
      .join('  '),
  )
}
