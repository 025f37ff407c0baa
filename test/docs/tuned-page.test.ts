import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { EXPLAINED } from '../vm/tuned/explained.ts'
import type { Figures } from '../vm/tuned/figures.ts'
import { differenceTable, figureTable, withSection } from '../vm/tuned/page.ts'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const page = readFileSync(file('../../docs/tuned.md'), 'utf8')
const FIGURES = file('../vm/tuned/figures.json')

it('docs/tuned.md has the differences that the test in the virtual machine knows', () => {
  expect(withSection(page, 'differences', differenceTable(EXPLAINED))).toBe(page)
})

it('docs/tuned.md has the figures that were measured (scripts/tuned-table)', () => {
  const figures = JSON.parse(readFileSync(FIGURES, 'utf8')) as Figures
  expect(withSection(page, 'figures', figureTable(figures))).toBe(page)
})
