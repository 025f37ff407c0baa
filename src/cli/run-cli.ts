import { Command, CommanderError } from 'commander'
import { describeError, EXIT, QuietcoreError } from '../core/errors.ts'
import { COMMANDS, type CommandEntry } from './commands.ts'
import { printError } from './output.ts'

/** Runs one command line and answers its exit code (docs/architecture.md). */
export async function runCli(given: readonly string[]): Promise<number> {
  process.stdout.on('error', stopOnClosedPipe)
  const args = commandFirst(given)
  const [first, second] = args
  if (first === 'help' && second !== undefined) return runCli([second, '--help'])
  try {
    const entry = COMMANDS.find(({ name }) => name === first)
    const program = entry ? await oneCommand(entry) : overview()
    await program.parseAsync([...args], { from: 'user' })
    return Number(process.exitCode ?? EXIT.done)
  } catch (error) {
    return report(error, args.includes('--json'))
  }
}

/** `--root DIR` and `--json` may stand before the command, too. */
function commandFirst(args: readonly string[]): string[] {
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--root')
  const leading = args.slice(0, at)
  const movable =
    at > 0 && leading.every((arg, index) => /^--(json|root(=.*)?)$/.test(arg) || args[index - 1] === '--root')
  return movable ? [args[at]!, ...leading, ...args.slice(at + 1)] : [...args]
}

async function oneCommand(entry: CommandEntry): Promise<Command> {
  const make = await entry.load()
  return root().addCommand(decorate(make().name(entry.name).description(sentence(entry.summary))))
}

/** The whole tree, with every command loaded: for completion, man pages and the tests of help. */
export async function wholeTree(): Promise<Command> {
  const program = root()
  for (const entry of COMMANDS) {
    const make = await entry.load()
    program.addCommand(decorate(make().name(entry.name).description(sentence(entry.summary))))
  }
  return program
}

function overview(): Command {
  const program = root()
  for (const { name, summary } of COMMANDS) program.command(name).description(summary)
  return program
}

function root(): Command {
  return new Command('quietcore')
    .description('Tune a machine for real time, prove it with measured latency, and gate acceptance.')
    .option('-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText(
      'after',
      '\nExit codes: 0 done or pass; 1 the answer is no; 2 bad input; 3 could not be done; 4 undecided.\nRun `quietcore COMMAND --help` for a command with an example.',
    )
}

function decorate(command: Command): Command {
  command.exitOverride().configureOutput({ outputError: () => {} })
  for (const child of command.commands) decorate(child)
  return command
}

function sentence(summary: string): string {
  return `${summary[0]!.toUpperCase()}${summary.slice(1)}.`
}

function report(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return helpExit(error)
    printError(
      { code: 'usage', message: error.message.replace(/^error: /, ''), next: 'See `quietcore --help`.' },
      json,
    )
    return EXIT.badInput
  }
  if (error instanceof QuietcoreError) {
    printError(
      {
        code: error.code,
        message: describeError(error),
        place: error.place,
        plain: error.message,
        next: error.next,
      },
      json,
    )
    return error.exitCode
  }
  // Anything else is a fault of quietcore itself: the operator needs the stack for the report.
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  printError({ code: 'internal', message: `a fault in quietcore itself: ${stack}` }, json)
  return EXIT.cannot
}

/** `quietcore` alone prints the help, and is a usage error; `--help` is not. */
function helpExit(error: CommanderError): number {
  return error.code === 'commander.help' ? EXIT.badInput : EXIT.done
}

function stopOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.done)
  throw error
}
