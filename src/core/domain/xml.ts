/** An XML element whose attributes and texts hold what the file holds: entities stay as written. */
export interface XmlElement {
  kind: 'element'
  name: string
  attributes: Map<string, string>
  children: XmlNode[]
}

export interface XmlText {
  kind: 'text' | 'comment' | 'cdata'
  text: string
}

export type XmlNode = XmlElement | XmlText

/** A file of one element, with what stands before and after it, byte for byte. */
export interface XmlDocument {
  before: string
  root: XmlElement
  after: string
}

export function element(
  name: string,
  attributes: Record<string, string> = {},
  children: XmlNode[] = [],
): XmlElement {
  const raw = Object.entries(attributes).map(([key, value]) => [key, encode(value)] as const)
  return { kind: 'element', name, attributes: new Map(raw), children }
}

export function childrenOf(parent: XmlElement | undefined, name?: string): XmlElement[] {
  return (parent?.children ?? []).filter(
    (node): node is XmlElement => node.kind === 'element' && (name === undefined || node.name === name),
  )
}

export function child(parent: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((found, name) => childrenOf(found, name)[0], parent)
}

/** The attribute's value with its entities resolved. */
export function attribute(of: XmlElement | undefined, name: string): string | undefined {
  const raw = of?.attributes.get(name)
  return raw === undefined ? undefined : decode(raw)
}

/** The element's own text, trimmed. */
export function textOf(of: XmlElement | undefined): string {
  const parts = (of?.children ?? []).map((node) =>
    node.kind === 'text' ? decode(node.text) : node.kind === 'cdata' ? node.text : '',
  )
  return parts.join('').trim()
}

export function setAttribute(of: XmlElement, name: string, value: string): void {
  of.attributes.set(name, encode(value))
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Resolves the five entities that XML has and character references; there are no others in a domain. */
export function decode(raw: string): string {
  if (!raw.includes('&')) return raw
  return raw.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name] ?? whole
    const code = name[1]?.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function encode(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** The document as text; untouched parts come out as they went in, but for the quotes and blanks around attributes. */
export function writeXml({ before, root, after }: XmlDocument): string {
  return before + writeNode(root) + after
}

function writeNode(node: XmlNode): string {
  if (node.kind !== 'element') return writeText(node)
  const attributes = [...node.attributes].map(([name, value]) => ` ${name}=${quoted(value)}`).join('')
  // the parser gives a processing instruction as an element of this name
  if (node.name.startsWith('?')) return `<${node.name}${attributes}?>`
  if (node.children.length === 0) return `<${node.name}${attributes}/>`
  return `<${node.name}${attributes}>${node.children.map(writeNode).join('')}</${node.name}>`
}

function writeText({ kind, text }: XmlText): string {
  if (kind === 'comment') return `<!--${text}-->`
  return kind === 'cdata' ? `<![CDATA[${text}]]>` : text
}

function quoted(raw: string): string {
  return raw.includes("'") ? `"${raw.replaceAll('"', '&quot;')}"` : `'${raw}'`
}
