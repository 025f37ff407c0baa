// A plugin of esbuild, for dist/ and for the single executable.
import { readFileSync } from 'node:fs'

/** commander loads child_process for a feature that is not used here; that alone costs every start 5 ms. */
export const lazyChildProcess = {
  name: 'lazy-child-process',
  setup({ onLoad }) {
    onLoad({ filter: /commander\/lib\/command\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const eager = "const childProcess = require('node:child_process');"
      if (!text.includes(eager)) throw new Error(`commander has changed: '${eager}' is not in ${path}`)
      const lazy =
        "const childProcess = { spawn: (...args) => require('node:child_process').spawn(...args) };"
      return { contents: text.replace(eager, lazy), loader: 'js' }
    })
  },
}
