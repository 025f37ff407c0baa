import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutTunedFaults } from './faults.ts'
import { layOut, ORACLE_MACHINES, tearDown } from './machines.ts'
import { type Answer, askTuned, ORACLE_MISSING, resolveOurs } from './oracle.ts'

/** `functions` and `recommend.d` lie among the profiles. */
function shippedProfiles(): string[] {
  if (ORACLE_MISSING !== '') return []
  return readdirSync('/usr/lib/tuned').filter((name) =>
    existsSync(join('/usr/lib/tuned', name, 'tuned.conf')),
  )
}

describe.skipIf(ORACLE_MISSING !== '').each(ORACLE_MACHINES)(`on $name${ORACLE_MISSING}`, (machine) => {
  const names = shippedProfiles()
  let root: string
  let theirs: Answer[]
  beforeAll(() => {
    root = layOut(machine)
    theirs = askTuned(names.map((name) => ({ root, names: [name] })))
  })
  afterAll(() => tearDown(root))

  test('there are the profiles of the package', () => {
    expect(names).toEqual(expect.arrayContaining(['realtime-virtual-guest', 'realtime-virtual-host']))
  })

  test.each(names)('%s comes to the same units, variables and command line as in TuneD', (name) => {
    const answer = theirs[names.indexOf(name)]!
    expect(answer).not.toHaveProperty('error')
    expect(withoutTunedFaults(resolveOurs({ root, names: [name] }))).toEqual(withoutTunedFaults(answer))
  })
})
