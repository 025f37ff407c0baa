import { version } from './version.ts'

const args = process.argv.slice(2)

// What scripts ask most often needs no command tree, and loads none.
if (args[0] === '--version' || args[0] === '-V') process.stdout.write(`quietcore ${version}\n`)
// Not awaited at the top level: inside the single executable this is a CommonJS script.
else void run()

async function run(): Promise<void> {
  const { runCli } = await import('./run-cli.ts')
  process.exitCode = await runCli(args)
}
