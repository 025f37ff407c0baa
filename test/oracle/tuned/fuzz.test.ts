import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutTunedFaults } from './faults.ts'
import { layOut, ORACLE_MACHINES, tearDown, write } from './machines.ts'
import { askTuned, ORACLE_MISSING, resolveOurs } from './oracle.ts'
import { numbered, randomCase } from './random-profiles.ts'

/** More of them, and others: ORACLE_CASES=3000 ORACLE_SEED=7 npx vitest run test/oracle/tuned/fuzz.test.ts */
const CASES = Number(process.env.ORACLE_CASES ?? 150)
const SEED = Number(process.env.ORACLE_SEED ?? 20)

describe.skipIf(ORACLE_MISSING !== '').each(ORACLE_MACHINES)(`on $name${ORACLE_MISSING}`, (machine) => {
  let root: string
  beforeAll(() => {
    root = layOut(machine, { profiles: false })
  })
  afterAll(() => tearDown(root))

  test(`${CASES} random profiles come to the same as in TuneD (seed ${SEED})`, { timeout: 600_000 }, () => {
    const cases = fc.sample(randomCase, { numRuns: CASES, seed: SEED }).map(numbered)
    for (const { files } of cases) for (const [path, text] of Object.entries(files)) write(root, path, text)
    const theirs = askTuned(cases.map(({ names }) => ({ root, names, mended: true })))
    for (const [index, one] of cases.entries()) {
      const ours = withoutTunedFaults(resolveOurs({ root, names: one.names }))
      expect(ours, JSON.stringify(one, null, 1)).toEqual(withoutTunedFaults(theirs[index]!))
    }
    // a refusal says little: most cases must come to something
    expect(theirs.filter((answer) => 'error' in answer).length).toBeLessThan(CASES / 3)
  })
})
