import { defineConfig } from 'vitest/config'

/** The tests on virtual machines: one machine at a time, minutes each. `scripts/test-vm` runs them. */
export default defineConfig({
  test: {
    include: ['test/vm/**/*.test.ts'],
    // a child process, so that a machine ends with the test that started it (PR_SET_PDEATHSIG follows the thread)
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
})
