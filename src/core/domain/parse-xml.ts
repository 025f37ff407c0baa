import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { InputError } from '../errors.ts'
import type { XmlDocument, XmlElement, XmlNode } from './xml.ts'

/** libvirt takes no longer XML over its own protocol (REMOTE_STRING_MAX, src/remote/remote_protocol.x: 4 MiB). */
export const LARGEST_XML_BYTES = 4 * 1024 * 1024

const PARSER = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  commentPropName: '#comment',
  cdataPropName: '#cdata',
})

/**
 * Reads one XML element with everything in it, in order.
 * @throws InputError `too-large`, `xml-doctype`, `xml-entity`, `not-xml`, each with the file and where known the line
 */
export function parseXml(text: string, file: string): XmlDocument {
  if (text.length > LARGEST_XML_BYTES) throw tooLarge(text.length, file)
  const start = rootStart(text, file)
  const end = text.lastIndexOf('>') + 1
  const valid = XMLValidator.validate(text.trimStart())
  if (valid !== true) throw notXml(file, valid.err.msg, valid.err.line + leadingLines(text))
  const rootEnd = lastElementEnd(text, start, end)
  try {
    const nodes = PARSER.parse(text.slice(start, rootEnd)).map((node: Ordered) => fromOrdered(node, file, 0))
    const root = nodes.find((node: XmlNode) => node.kind === 'element')
    if (!root || nodes.length !== 1) throw notXml(file, 'there is not exactly one root element')
    return { before: text.slice(0, start), root, after: text.slice(rootEnd) }
  } catch (error) {
    if (error instanceof InputError) throw error
    throw notXml(file, error instanceof Error ? error.message : String(error))
  }
}

export function tooLarge(sizeBytes: number, file: string): InputError {
  return new InputError({
    code: 'too-large',
    message: `the file has ${sizeBytes} bytes; a domain's XML has at most ${LARGEST_XML_BYTES}, libvirt takes no more`,
    place: { file },
    next: 'Give the file that `virsh dumpxml NAME` writes.',
  })
}

/** Where the root element begins, behind declaration, comments and blanks; a DOCTYPE is refused here. */
function rootStart(text: string, file: string): number {
  let at = 0
  for (;;) {
    while (at < text.length && /[\s\ufeff]/.test(text[at]!)) at++
    const closed = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined
    if (closed === undefined) break
    const end = text.indexOf(closed, at + 2)
    if (end < 0) throw notXml(file, 'a comment or declaration does not end')
    at = end + closed.length
  }
  if (text.startsWith('<!', at)) throw doctype(file)
  if (text[at] !== '<') throw notXml(file, 'it does not begin with an element')
  return at
}

/** Comments may follow the root element: cut them off from behind. */
function lastElementEnd(text: string, start: number, end: number): number {
  let to = end
  while (text.startsWith('-->', to - 3)) {
    const open = text.lastIndexOf('<!--', to)
    if (open <= start) break
    to = text.lastIndexOf('>', open) + 1
  }
  return to
}

type Ordered = Record<string, unknown> & { ':@'?: Record<string, string> }

function fromOrdered(node: Ordered, file: string, depth: number): XmlNode {
  const name = Object.keys(node).find((key) => key !== ':@')!
  if (name === '#text') return { kind: 'text', text: checked(String(node[name]), file) }
  if (name === '#comment' || name === '#cdata') {
    const inner = (node[name] as Ordered[]).map((one) => String(one['#text'] ?? '')).join('')
    return { kind: name === '#comment' ? 'comment' : 'cdata', text: inner }
  }
  const attributes = new Map(Object.entries(node[':@'] ?? {}).map(([key, value]) => [key, String(value)]))
  for (const value of attributes.values()) checked(value, file)
  const children = (node[name] as Ordered[]).map((one) => fromOrdered(one, file, depth + 1))
  return { kind: 'element', name, attributes, children } satisfies XmlElement
}

/** An entity that XML itself does not have could only come from a DOCTYPE. */
function checked(raw: string, file: string): string {
  for (let at = raw.indexOf('&'); at >= 0; at = raw.indexOf('&', at + 1)) {
    if (/^&(?:#x[0-9a-f]{1,6}|#\d{1,7}|lt|gt|amp|quot|apos);/i.test(raw.slice(at, at + 12))) continue
    throw new InputError({
      code: 'xml-entity',
      message: `the XML uses an entity that XML does not have: '${raw.slice(at, at + 20)}'`,
      place: { file },
      next: 'Entities of a DOCTYPE are not resolved; give the plain XML that `virsh dumpxml` writes.',
    })
  }
  return raw
}

function doctype(file: string): InputError {
  return new InputError({
    code: 'xml-doctype',
    message:
      'the XML declares a DOCTYPE or entities, which no domain of libvirt has; they are never resolved',
    place: { file },
    next: 'Give the plain XML that `virsh dumpxml NAME` writes.',
  })
}

function notXml(file: string, what: string, line?: number): InputError {
  return new InputError({
    code: 'not-xml',
    message: `this is not well-formed XML: ${what.slice(0, 200)}`,
    place: { file, ...(line === undefined ? {} : { line }) },
    next: 'Give the file that `virsh dumpxml NAME` writes.',
  })
}

function leadingLines(text: string): number {
  return text.slice(0, text.length - text.trimStart().length).split('\n').length - 1
}
