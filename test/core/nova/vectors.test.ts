import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lintFlavor } from '../../../src/core/nova/lint.ts'
import { readItems } from '../../../src/core/nova/read-items.ts'
import { releaseNamed } from '../../../src/core/nova/release.ts'

const FILE = '../shared/openstack/extra-specs-vectors.json'

// The vectors were computed by nova 26 and lie beside the project; in a lone clone test/openstack/oracle.test.ts asks nova.
describe.skipIf(!existsSync(FILE))('the vectors that nova 26 computed', () => {
  const vectors = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : []
  it('boot or are refused as nova said, with its real-time set and topology', () => {
    for (const vector of vectors) {
      const [item] = readItems(JSON.stringify(vector), FILE)
      const { result, realtimeVcpus, constraints } = lintFlavor(
        item!.flavor,
        item!.image,
        releaseNamed('zed'),
      )
      const cells = constraints?.cells?.map(({ floating, pinned }) => ({
        cpus: floating,
        pcpus: pinned,
        ps: constraints.pageSizeKib ?? null,
      }))
      const detail = {
        rt: constraints?.realtime ?? null,
        cells: cells ?? null,
        emu: constraints?.emulatorThreads ?? null,
      }
      expect({ result, ...(result === 'OK' ? { detail } : {}) }, JSON.stringify(vector)).toEqual({
        result: vector.result,
        ...(result === 'OK' ? { detail: vector.detail } : {}),
      })
      expect(realtimeVcpus).toEqual(constraints?.realtime ?? [])
    }
    expect(vectors.length).toBeGreaterThan(30)
  })
})
