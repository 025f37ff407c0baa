import { InputError } from '../errors.ts'

export function doctype(file: string): InputError {
  return new InputError({
    code: 'xml-doctype',
    message:
      'the XML declares a DOCTYPE or entities, which no domain of libvirt has; they are never resolved',
    place: { file },
    next: 'Give the plain XML that `virsh dumpxml NAME` writes.',
  })
}

export function notXml(file: string, what: string, line?: number): InputError {
  return new InputError({
    code: 'not-xml',
    message: `this is not well-formed XML: ${what.slice(0, 200)}`,
    place: { file, ...(line === undefined ? {} : { line }) },
    next: 'Give the file that `virsh dumpxml NAME` writes.',
  })
}
