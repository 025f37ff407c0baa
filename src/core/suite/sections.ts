import { InputError, type Place } from '../errors.ts'

export interface Option {
  key: string
  value: string
  place: Place
}

export interface Section {
  /** `thresholds` of `[thresholds OpenShift]` */
  type: string
  /** `OpenShift`; undefined for `[thresholds]` */
  label: string | undefined
  options: readonly Option[]
  place: Place
}

const MAX_LINE = 4096

/**
 * Reads an INI text of ours: `[type]` or `[type label]`, `key = value`, comments on lines of their own that start with
 * `#` or `;`. The `ini` package is not used: it gives no line numbers, keeps the last of two equal keys in silence, cuts
 * a value at `;` and takes a line without `=` for `true`, and each of these would change what a machine is judged by.
 * @throws InputError `bad-section`, `bad-line`, `duplicate-option`, `duplicate-section`, with file and line.
 */
export function parseSections(file: string, text: string): Section[] {
  const sections: (Section & { options: Option[] })[] = []
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const place = { file, line: index + 1 }
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    if (line.length > MAX_LINE || line.includes('\0'))
      throw badLine(place, 'is no text of a configuration file')
    if (line.startsWith('[')) {
      sections.push(startSection(line, place, sections))
      continue
    }
    const equals = line.indexOf('=')
    if (equals < 1) throw badLine(place, `'${line.slice(0, 60)}' is not 'option = value'`)
    const section = sections.at(-1)
    if (!section) throw badLine(place, 'an option stands before the first [section]')
    const key = line.slice(0, equals).trim()
    const twice = section.options.find((option) => option.key === key)
    if (twice) {
      throw new InputError({
        code: 'duplicate-option',
        message: `'${key}' is set twice in one section (first on line ${twice.place.line})`,
        place,
        next: 'Keep one of the two.',
      })
    }
    section.options.push({ key, value: line.slice(equals + 1).trim(), place })
  }
  return sections
}

function startSection(
  line: string,
  place: Place,
  sections: readonly Section[],
): Section & { options: Option[] } {
  const inside = line.endsWith(']') ? line.slice(1, -1).trim() : ''
  if (inside === '' || /[[\]]/.test(inside)) {
    throw new InputError({
      code: 'bad-section',
      message: `'${line.slice(0, 60)}' is not a section: wanted '[type]' or '[type label]'`,
      place,
    })
  }
  const blank = inside.search(/\s/)
  const type = blank < 0 ? inside : inside.slice(0, blank)
  const label = blank < 0 ? undefined : inside.slice(blank).trim()
  const twice = sections.find((section) => section.type === type && section.label === label)
  if (twice) {
    throw new InputError({
      code: 'duplicate-section',
      message: `[${inside}] is there twice (first on line ${twice.place.line})`,
      place,
    })
  }
  return { type, label, options: [], place }
}

function badLine(place: Place, what: string): InputError {
  return new InputError({ code: 'bad-line', message: what, place })
}
