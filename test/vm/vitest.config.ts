import { defineConfig } from 'vitest/config'

/** How many machines run side by side: each keeps one CPU busy (driver/qemu-argv.ts). */
const lanes = Number(process.env.QUIETCORE_VM_LANES ?? 2)
const POWER_CUT = 'test/vm/power-cut.test.ts'

/** The tests on virtual machines, minutes each. `scripts/test-vm` runs them. */
export default defineConfig({
  test: {
    globalSetup: ['test/vm/prepare.ts'],
    setupFiles: ['test/vm/in-time.ts'],
    // a child process, so that a machine ends with the test that started it (PR_SET_PDEATHSIG follows the thread)
    pool: 'forks',
    maxWorkers: lanes,
    maxConcurrency: lanes,
    // an emulated machine is slow to come to rest: what is not yet as it must be is looked at once more
    retry: 1,
    testTimeout: 1_800_000,
    // a hook that prepares a machine may do so twice (driver/prepared.ts)
    hookTimeout: 3_600_000,
    projects: [
      {
        extends: true,
        test: { name: 'machines', include: ['test/vm/**/*.test.ts'], exclude: [POWER_CUT] },
      },
      {
        // By itself and at the end: it has a machine for each lane, and is what CI shortens when its time is over.
        extends: true,
        test: { name: 'power', include: [POWER_CUT], sequence: { groupOrder: 1 }, retry: 0 },
      },
    ],
  },
})
