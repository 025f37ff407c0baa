import { escapeXml } from './escape.ts'

/** Text that is markup already. Only `html` makes it, so whatever else reaches a page is escaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

type Part = Markup | string | number | null | undefined | false | readonly Part[]

/** A template whose values are escaped unless they are markup; lists are joined, null and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < values.length ? rendered(values[i]) : '')).join(''))
}

function rendered(part: Part): string {
  if (part instanceof Markup) return part.text
  if (Array.isArray(part)) return part.map(rendered).join('')
  return part === null || part === undefined || part === false ? '' : escapeXml(String(part))
}
