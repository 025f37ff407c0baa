import fc from 'fast-check'
import { expect, it } from 'vitest'
import { askedOf, managedKeys, markerSpecs } from '../../../src/core/nova/managed-keys.ts'

const KEY = fc.stringMatching(/^hw:[a-z_.]{1,20}$/)
// A longer wish is not remembered, as nova holds 255 characters.
const VALUE = fc.string({ maxLength: 60 })

it('keys and wishes are read back as they were written, in values that nova holds', () => {
  const wish = fc.uniqueArray(fc.tuple(KEY, VALUE), { selector: ([key]) => key, maxLength: 20 })
  const profile = fc.option(fc.constantFrom('cpu-partitioning', 'realtime'), { nil: undefined })
  fc.assert(
    fc.property(fc.uniqueArray(KEY, { maxLength: 20 }), wish, profile, (keys, set, name) => {
      const asked = { set: new Map(set), ...(name === undefined ? {} : { profile: name }) }
      const specs = markerSpecs(keys, asked)
      expect(managedKeys(specs)).toEqual(new Set(keys))
      expect(askedOf(specs)).toEqual(asked)
      expect([...specs.values()].every((value) => value.length <= 255 && value !== '')).toBe(true)
    }),
  )
})

it('is one line to read', () => {
  const set = new Map([
    ['hw:cpu_realtime_mask', '^0,^2'],
    ['hw:pmu', ''],
  ])
  expect(Object.fromEntries(markerSpecs(['hw:cpu_realtime_mask'], { set, profile: 'realtime' }))).toEqual({
    'quietcore:managed': 'hw:cpu_realtime_mask,hw:cpu_realtime_mask=^0;^2,hw:pmu=,quietcore:profile=realtime',
  })
  expect(markerSpecs([])).toEqual(new Map())
})
