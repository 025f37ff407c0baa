import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutTunedFaults } from './faults.ts'
import { layOut, ORACLE_MACHINES, tearDown } from './machines.ts'
import { type Answer, askTuned, NO_ORACLE, resolveOurs } from './oracle.ts'

/** `functions` and `recommend.d` lie among the profiles. */
function shippedProfiles(): string[] {
  if (NO_ORACLE) return []
  return readdirSync('/usr/lib/tuned').filter((name) =>
    existsSync(join('/usr/lib/tuned', name, 'tuned.conf')),
  )
}

describe.each(ORACLE_MACHINES)('on $name', (machine) => {
  if (NO_ORACLE) {
    test.skip(`compares with TuneD (skipped: ${NO_ORACLE})`)
    return
  }
  const names = shippedProfiles()
  let root: string
  let theirs: Answer[]
  beforeAll(() => {
    root = layOut(machine)
    theirs = askTuned(names.map((name) => ({ root, names: [name] })))
  })
  afterAll(() => tearDown(root))

  test.each(names)('%s comes to the same units, variables and command line as in TuneD', (name) => {
    const answer = theirs[names.indexOf(name)]!
    expect(answer).not.toHaveProperty('error')
    expect(withoutTunedFaults(resolveOurs({ root, names: [name] }))).toEqual(withoutTunedFaults(answer))
  })
})
