import { runCli } from './run-cli.ts'

// Not awaited at the top level: inside the single executable this is a CommonJS script.
void runCli(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
