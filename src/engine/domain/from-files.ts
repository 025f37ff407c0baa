import { type HostEvidence, NO_EVIDENCE } from '../../core/domain/evidence.ts'
import { parseDomain } from '../../core/domain/parse-domain.ts'
import { LARGEST_XML_BYTES, parseXml, tooLarge } from '../../core/domain/parse-xml.ts'
import { readXmlFile } from '../../host/libvirt/read-xml-file.ts'
import type { AuditSubject } from './subject.ts'

/**
 * Domains that files define. Files given together are neighbours; others may be on the host, too.
 * @param host the machine they are for; undefined when nobody said
 * @throws InputError for what is no file, no XML, no domain
 */
export function fromFiles(files: readonly string[], host: HostEvidence | undefined): AuditSubject[] {
  const read = files.map((file) => {
    const xml = readXmlFile(file, LARGEST_XML_BYTES, (bytes) => tooLarge(bytes, file))
    return { domain: parseDomain(parseXml(xml, file), file), origin: file, xml }
  })
  const all = read.map(({ domain }) => domain)
  return read.map((one) => ({
    ...one,
    evidence: {
      ...NO_EVIDENCE,
      host,
      neighbours:
        all.length > 1
          ? { domains: all.filter((other) => other !== one.domain), complete: false }
          : undefined,
    },
  }))
}
