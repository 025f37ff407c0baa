import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lintFlavor } from '../../../src/core/nova/lint.ts'
import { readItems } from '../../../src/core/nova/read-items.ts'
import { releaseNamed } from '../../../src/core/nova/release.ts'

const FILE = '../shared/openstack/extra-specs-vectors.json'

// The vectors were computed by nova 26 and lie beside the project; in a lone clone test/openstack/oracle.test.ts asks nova.
describe.skipIf(!existsSync(FILE))('the vectors that nova 26 computed', () => {
  const vectors = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : []
  it.each(
    vectors.map((vector: object, index: number) => [index, JSON.stringify(vector).slice(0, 160), vector]),
  )(
    '%i: %s',
    (_, __, vector: {
      result: string
      detail: { rt: number[] | null; emu: string | null; cells: unknown }
    }) => {
      const [item] = readItems(JSON.stringify(vector), FILE)
      const { result, realtimeVcpus, constraints } = lintFlavor(
        item!.flavor,
        item!.image,
        releaseNamed('zed'),
      )
      expect(result).toBe(vector.result)
      if (result !== 'OK') return
      expect(realtimeVcpus).toEqual(vector.detail.rt ?? [])
      const cells = constraints?.cells?.map(({ floating, pinned }) => ({
        cpus: floating,
        pcpus: pinned,
        ps: constraints.pageSizeKib ?? null,
      }))
      expect([cells ?? null, constraints?.emulatorThreads ?? null]).toEqual([
        vector.detail.cells,
        vector.detail.emu,
      ])
    },
  )
})
