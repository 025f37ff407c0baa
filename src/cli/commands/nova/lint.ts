import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { EXIT, InputError } from '../../../core/errors.ts'
import { type LintAnswer, type LintFinding, lintFlavor } from '../../../core/nova/lint.ts'
import { type LintItem, readItems } from '../../../core/nova/read-items.ts'
import { NEWEST, releaseNamed } from '../../../core/nova/release.ts'
import { command } from '../../options.ts'
import { colour, print, printJson } from '../../output.ts'

interface LintOptions {
  json?: boolean
  release?: string
}

export function novaLint(): Command {
  return command('quietcore nova lint flavors.json --release zed')
    .name('lint')
    .description("Say what nova's API and its boot make of flavors given as JSON; no server is asked.")
    .argument('<file>', 'JSON with { vcpus, extra_specs } or a list of them; - reads standard input')
    .option('--release <name>', 'the release of nova: zed, 26, 2023.1; default: the newest that is known')
    .action((file: string, options: LintOptions) => {
      const release = options.release === undefined ? NEWEST : releaseNamed(options.release)
      const items = readItems(readInput(file), file === '-' ? 'standard input' : file)
      const answers = items.map(({ flavor, image }) => lintFlavor(flavor, image, release))
      if (options.json) printJson(lintJson(items, answers, release.name))
      else print(lintText(items, answers, release.name))
      process.exitCode = answers.every(passes) ? EXIT.done : EXIT.no
    })
}

/** Advice does not fail a flavor: it works, and could be better. */
function passes({ result, findings }: LintAnswer): boolean {
  return result === 'OK' && findings.every(({ severity }) => severity !== 'error')
}

function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new InputError({
      code: 'cannot-read',
      message: `the flavors cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      place: { file },
      cause: error,
    })
  }
}

function lintJson(items: readonly LintItem[], answers: readonly LintAnswer[], release: string) {
  const list = answers.map(({ result, realtimeVcpus, findings }, index) => ({
    ...(items[index]?.name === undefined ? {} : { name: items[index].name }),
    result,
    realtimeVcpus,
    findings,
  }))
  // One flavor is also answered at the top, so that a script needs no list for it.
  return { release, ...(list.length === 1 ? list[0] : {}), items: list }
}

function lintText(items: readonly LintItem[], answers: readonly LintAnswer[], release: string): string {
  const blocks = answers.map((answer, index) => {
    const { result, realtimeVcpus, findings } = answer
    const name = items[index]?.name ?? `flavor ${index + 1}`
    const realtime =
      realtimeVcpus.length > 0 ? `real-time vCPUs ${realtimeVcpus.join(',')}` : 'no real-time vCPU'
    const head = `${name}: ${colour(result, result === 'OK' ? 'green' : 'red')}${result === 'OK' ? `, ${realtime}` : ''}\n`
    return head + findings.map(findingText).join('')
  })
  const failed = answers.filter((answer) => !passes(answer)).length
  return `${blocks.join('')}${answers.length} flavors for nova ${release}: ${answers.length - failed} fit, ${failed} do not.\n`
}

export function findingText({ code, severity, key, message, fix }: LintFinding): string {
  const mark = severity === 'error' ? colour('error', 'red') : colour('advice', 'yellow')
  return `  ${mark} ${key ? `${key}: ` : ''}${message} [${code}]\n${fix ? `    instead: ${fix}\n` : ''}`
}
