import { crc32 as zlibs } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32 } from '../../src/core/crc32.ts'

it('is the CRC-32 that zlib computes', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      expect(crc32(bytes)).toBe(zlibs(bytes))
    }),
  )
})
