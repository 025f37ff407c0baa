import fc from 'fast-check'

/** A submission is judged on the change, not on luck: CI tries the same random cases each time, other runs new ones. */
if (process.env.CI) fc.configureGlobal({ seed: 20261122 })
