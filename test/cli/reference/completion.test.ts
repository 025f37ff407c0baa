import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bashCompletion } from '../../../src/cli/reference/bash.ts'
import { type CommandReference, describeCommand } from '../../../src/cli/reference/describe.ts'
import { fishCompletion } from '../../../src/cli/reference/fish.ts'
import { zshCompletion } from '../../../src/cli/reference/zsh.ts'
import { wholeTree } from '../../../src/cli/run-cli.ts'

let dir: string
let real: CommandReference
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'quietcore-completion-'))
  mkdirSync(join(dir, 'here/folder'), { recursive: true })
  writeFileSync(join(dir, 'here/figures.txt'), '')
  real = describeCommand(await wholeTree())
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Two levels of commands, as `nova flavor` is. */
function made(): CommandReference {
  const flavor = new Command('flavor')
    .description("Say what a flavor's specs mean.")
    .addOption(new Option('--format <name>', 'format').choices(['text', 'json']))
  const nova = new Command('nova').description('Nova: plan and verify.').addCommand(flavor)
  nova.addCommand(new Command('conf').description('Edit nova.conf.').option('--root <dir>', 'machine'))
  const judge = new Command('judge').description('Judge.').argument('<file>', 'what to read')
  return describeCommand(new Command('quietcore').addCommand(nova).addCommand(judge))
}

const SHELLS = [
  { shell: 'bash', script: bashCompletion, complete: bash },
  { shell: 'fish', script: fishCompletion, complete: fish },
]

/** What bash offers at the end of a line, sorted. */
function bash(script: string, line: string): string[] {
  const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quietcore; printf '%s\\n' "\${COMPREPLY[@]}"`
  return offered('bash', ['--norc', '-c', ask, 'bash', script, ...line.split(' ')])
}

function fish(script: string, line: string): string[] {
  return offered('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`]).map(
    (each) => each.split('\t')[0]!,
  )
}

function offered(command: string, args: readonly string[]): string[] {
  const { stdout, stderr, status } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd: join(dir, 'here'),
    env: { ...process.env, HOME: dir },
  })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout
    .split('\n')
    .filter((each) => each !== '')
    .sort()
}

describe.each(SHELLS)('$shell', ({ shell, script, complete }) => {
  const at = (top: CommandReference, line: string) => {
    const file = join(dir, `quietcore.${shell}`)
    writeFileSync(file, script(top))
    expect(spawnSync(shell, ['-n', file], { encoding: 'utf8' }).stderr).toBe('')
    return complete(file, line)
  }

  test('offers the commands, and those of a group', () => {
    expect(at(made(), 'quietcore ')).toEqual(['judge', 'nova'])
    expect(at(made(), 'quietcore nova f')).toEqual(['flavor'])
  })

  test('offers the options of the command on the line, and the choices of an option', () => {
    expect(at(made(), 'quietcore nova flavor --')).toEqual(['--format', '--help'])
    expect(at(made(), 'quietcore nova flavor --format ')).toEqual(['json', 'text'])
  })

  test('offers folders for a folder and files for a file', () => {
    expect(at(made(), 'quietcore nova conf --root f').map((each) => each.replace(/\/$/, ''))).toEqual([
      'folder',
    ])
    expect(at(made(), 'quietcore judge fig')).toEqual(['figures.txt'])
  })

  test('takes the value of an option for no command', () => {
    expect(at(real, 'quietcore report --root history --form')).toEqual(['--format'])
  })

  test('offers all commands of the program', () => {
    expect(at(real, 'quietcore ')).toEqual(real.commands.map(({ path }) => path[1]).sort())
  })
})

test('zsh reads the script, and its names are loaded by the completion system', () => {
  const file = join(dir, '_quietcore')
  writeFileSync(file, zshCompletion(real))
  expect(spawnSync('zsh', ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  const ask = `fpath=(${dir} $fpath); autoload -Uz compinit; compinit -u -D; print -r -- $_comps[quietcore]; compinit -D -u; whence -w _quietcore`
  const { stdout } = spawnSync('zsh', ['-f', '-c', ask], { encoding: 'utf8' })
  expect(stdout).toBe('_quietcore\n_quietcore: function\n')
})
