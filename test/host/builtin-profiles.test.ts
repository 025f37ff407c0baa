import { expect, test } from 'vitest'
import { builtinProfilesDir, profilesOfExecutable } from '../../src/host/builtin-profiles.ts'

test('from the sources, the profiles are those beside src', () => {
  expect(builtinProfilesDir()).toBe(`${process.cwd()}/profiles`)
})

test('the single executable looks beside it, under its prefix, then where a package puts them', () => {
  expect(profilesOfExecutable('/opt/tools/bin/quietcore')).toEqual([
    '/opt/tools/bin/profiles',
    '/opt/tools/lib/quietcore/profiles',
    '/usr/lib/quietcore/profiles',
  ])
})
