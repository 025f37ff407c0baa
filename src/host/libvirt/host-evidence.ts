import type { HostEvidence } from '../../core/domain/evidence.ts'
import { collectFacts } from '../facts.ts'
import type { Root } from '../ports.ts'

/** What the rules ask of the machine under `root`. */
export function hostEvidence(root: Root): HostEvidence {
  const ksm = root.readTextIfThere('/sys/kernel/mm/ksm/run')?.trim()
  return {
    cpu: collectFacts(root).cpu,
    ksmRun: ksm === undefined ? undefined : Number(ksm),
    nxHugePages: root.readTextIfThere('/sys/module/kvm/parameters/nx_huge_pages')?.trim(),
  }
}
