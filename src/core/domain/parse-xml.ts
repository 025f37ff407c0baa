import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { InputError } from '../errors.ts'
import { findRoot } from './root-element.ts'
import type { XmlDocument, XmlElement, XmlNode } from './xml.ts'
import { notXml } from './xml-errors.ts'

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
  const { start, end } = findRoot(text, file)
  const element = text.slice(start, end)
  const valid = XMLValidator.validate(element)
  if (valid !== true) throw notXml(file, valid.err.msg, valid.err.line + linesBefore(text, start))
  if (end === undefined) throw notXml(file, 'the root element does not end')
  try {
    const nodes = PARSER.parse(element).map((node: Ordered) => fromOrdered(node, file, 0))
    const root = nodes.find((node: XmlNode) => node.kind === 'element')
    if (!root || nodes.length !== 1) throw notXml(file, 'there is not exactly one root element')
    return { before: text.slice(0, start), root, after: text.slice(end) }
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

function linesBefore(text: string, at: number): number {
  return text.slice(0, at).split('\n').length - 1
}
