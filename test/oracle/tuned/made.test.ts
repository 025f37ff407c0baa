import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutTunedFaults } from './faults.ts'
import { layOut, ORACLE_MACHINES, tearDown, write } from './machines.ts'
import { MADE_PROFILES } from './made-profiles.ts'
import { type Answer, askTuned, ORACLE_MISSING, resolveOurs } from './oracle.ts'

describe.skipIf(ORACLE_MISSING !== '')(
  `profiles made for one rule each come to the same as in TuneD${ORACLE_MISSING}`,
  () => {
    const roots: string[] = []
    const jobs: { root: string; names: string[] }[] = []
    let theirs: Answer[]
    beforeAll(() => {
      for (const [index, { files, names }] of MADE_PROFILES.entries()) {
        const root = layOut(ORACLE_MACHINES[index % ORACLE_MACHINES.length]!, { profiles: false })
        roots.push(root)
        for (const [name, text] of Object.entries(files)) {
          write(root, name.startsWith('/') ? name : `/usr/lib/tuned/${name}/tuned.conf`, text)
        }
        jobs.push({ root, names: names ?? ['p'] })
      }
      theirs = askTuned(jobs)
    })
    afterAll(() => roots.forEach(tearDown))

    test.each(MADE_PROFILES.map(({ title }, index) => [title, index] as const))('%s', (title, index) => {
      const answer = theirs[index]!
      expect('error' in answer).toBe(/refuses the profile|catches/.test(title))
      expect(withoutTunedFaults(resolveOurs(jobs[index]!))).toEqual(withoutTunedFaults(answer))
    })
  },
)
