import { spawnSync } from 'node:child_process'
import { Command, Option } from 'commander'
import { expect, test } from 'vitest'
import { allCommands, describeCommand } from '../../../src/cli/reference/describe.ts'
import { manPage } from '../../../src/cli/reference/man-page.ts'
import { wholeTree } from '../../../src/cli/run-cli.ts'

const EDITION = { version: '1.2.3', date: '2026-11-22' }

test('a page says what --help says, and what would be a request of troff is escaped', () => {
  const command = new Command('judge')
    .description("Judge a file's figures.")
    .argument('<file...>', '.txt files of a tool')
    .option('--limit <time>', "'20us', or C:\\n")
    .addOption(new Option('--format <name>', 'format').choices(['text', 'json']))
    .addHelpText('after', "\nExample:\n  quietcore judge 'a b.txt'")
  expect(
    manPage(describeCommand(command, ['quietcore']), EDITION),
  ).toBe(`.TH QUIETCORE-JUDGE 1 2026-11-22 "quietcore 1.2.3" "User Commands"
.SH NAME
quietcore\\-judge \\- judge a file\\(aqs figures
.SH SYNOPSIS
.B quietcore judge
[options] <file...>
.SH DESCRIPTION
Judge a file\\(aqs figures.
.SH ARGUMENTS
.TP
.I <file...>
\\&.txt files of a tool
.SH OPTIONS
.TP
\\fB\\-\\-limit\\fR \\fI<time>\\fR
\\&\\(aq20us\\(aq, or C:\\en
.TP
\\fB\\-\\-format\\fR \\fI<name>\\fR
format
.br
One of text, json.
.TP
\\fB\\-h\\fR, \\fB\\-\\-help\\fR
display help for command
.SH EXAMPLES
.EX
quietcore judge \\(aqa b.txt\\(aq
.EE
.SH EXIT STATUS
.TP
.B 0
done, or pass
.TP
.B 1
the answer is no: something differs, or the limit is broken
.TP
.B 2
bad input: usage, profile, configuration
.TP
.B 3
could not be done: privilege, missing tool, lock, input or output
.TP
.B 4
undecided: a reboot is pending, too few samples, the run was disturbed
.SH SEE ALSO
.BR quietcore (1)
`)
})

test('groff and mandoc read the page of every command without a warning', async () => {
  for (const command of allCommands(describeCommand(await wholeTree()))) {
    const input = manPage(command, EDITION)
    const groff = spawnSync('groff', ['-man', '-K', 'utf8', '-T', 'utf8', '-ww', '-z'], {
      input,
      encoding: 'utf8',
    })
    const mandoc = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { input, encoding: 'utf8' })
    expect([command.path.join(' '), groff.stderr, groff.status, mandoc.stdout, mandoc.status]).toEqual([
      command.path.join(' '),
      '',
      0,
      '',
      0,
    ])
  }
})

test('a page shown by man has the examples as they are typed', async () => {
  const validate = describeCommand(await wholeTree()).commands.find(({ path }) => path[1] === 'validate')!
  const { stdout } = spawnSync('man', ['--warnings', '-l', '-'], {
    input: manPage(validate, EDITION),
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '120', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: '' },
  })
  const examples = validate.epilogue.split('\n').slice(1)
  for (const example of examples) expect(stdout).toContain(example.trim())
})
