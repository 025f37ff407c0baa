import type { CpuSet } from '../../cpu/cpu-set.ts'
import type { Domain } from '../domain.ts'
import type { RealtimePlan } from '../realtime-vcpus.ts'
import { child, element, type XmlElement, type XmlNode } from '../xml.ts'

/** One change that was made to the XML. */
export interface Change {
  rule: string
  /** what stands there now and why, one sentence */
  message: string
}

/** What a remedy may know. `root` is the tree that it changes. */
export interface Patient {
  root: XmlElement
  domain: Domain
  realtime: RealtimePlan
  /** CPUs of the host that are not isolated; undefined where the host is not known */
  housekeeping: CpuSet | undefined
  /** host NUMA nodes of the real-time CPUs; undefined where the host is not known */
  nodes: CpuSet | undefined
}

/** Changes the tree where it can mend something without guessing; answers what it changed. */
export type Remedy = (patient: Patient) => Change[]

/** The child of that name, made at the end when it is not there. */
export function childMade(parent: XmlElement, name: string): XmlElement {
  const found = child(parent, name)
  if (found) return found
  const made = element(name)
  append(parent, made)
  return made
}

/** The blanks before each element that was put in here: its own closing tag stands as deep. */
const INDENTS = new WeakMap<XmlElement, string>()

/** Puts an element at the end, on a line of its own, indented as its brothers are. */
export function append(parent: XmlElement, made: XmlElement): void {
  const blank = (node: XmlNode | undefined) =>
    node?.kind === 'text' && node.text.trim() === '' ? node.text : undefined
  const last = blank(parent.children.at(-1))
  const closing = last ?? INDENTS.get(parent) ?? '\n'
  const indent = (parent.children.length > 1 ? blank(parent.children[0]) : undefined) ?? `${closing}  `
  if (last !== undefined) parent.children.pop()
  parent.children.push({ kind: 'text', text: indent }, made, { kind: 'text', text: closing })
  INDENTS.set(made, indent)
}

/** Takes elements away with the blanks before them; answers how many there were. */
export function removeChildren(parent: XmlElement | undefined, which: (of: XmlElement) => boolean): number {
  if (!parent) return 0
  const kept: XmlNode[] = []
  let removed = 0
  for (const node of parent.children) {
    if (node.kind !== 'element' || !which(node)) {
      kept.push(node)
      continue
    }
    removed++
    const before = kept.at(-1)
    if (before?.kind === 'text' && before.text.trim() === '') kept.pop()
  }
  parent.children = kept
  return removed
}
