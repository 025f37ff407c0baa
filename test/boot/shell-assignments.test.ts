import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { grubParameters, readGrubSettings } from '../../src/boot/grub-variables.ts'
import { madeRoot } from './support/made-root.ts'

const one = (text: string) => [{ path: '/etc/default/grub', text }]

/** What the shell itself makes of the file. */
function sourced(shell: string, dir: string, text: string): string {
  const file = join(dir, 'settings')
  writeFileSync(file, text)
  const script = '. "$0"; printf "%s|%s" "$GRUB_CMDLINE_LINUX" "$GRUB_CMDLINE_LINUX_DEFAULT"'
  return spawnSync(shell, ['-c', script, file], { encoding: 'utf8' }).stdout
}

function read(text: string): string {
  const { variables } = readGrubSettings(one(text))
  const value = (name: string) => (variables.get(name) ?? []).map((piece) => piece.text).join('')
  return `${value('GRUB_CMDLINE_LINUX')}|${value('GRUB_CMDLINE_LINUX_DEFAULT')}`
}

describe("the administrator's parameters", () => {
  test('are read from every simple form, each with its file and line', () => {
    const files = [
      {
        path: '/etc/default/grub',
        text: `# GRUB_CMDLINE_LINUX="commented out"
GRUB_DISTRIBUTOR=\`lsb_release -i -s 2> /dev/null || echo Debian\`
GRUB_CMDLINE_LINUX_DEFAULT="quiet \\
  splash"
export GRUB_CMDLINE_LINUX='console=tty0'
GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX dyndbg=\\"file x.c +p\\""
`,
      },
      {
        path: '/etc/default/grub.d/50-cloud.cfg',
        text: `GRUB_CMDLINE_LINUX_DEFAULT+=" isolcpus=1"; X=1 Y=2\n`,
      },
    ]
    expect(grubParameters(files)).toEqual([
      { parameter: 'console=tty0', place: { file: '/etc/default/grub', line: 5 } },
      { parameter: 'dyndbg="file x.c +p"', place: { file: '/etc/default/grub', line: 6 } },
      { parameter: 'quiet', place: { file: '/etc/default/grub', line: 3 } },
      { parameter: 'splash', place: { file: '/etc/default/grub', line: 4 } },
      { parameter: 'isolcpus=1', place: { file: '/etc/default/grub.d/50-cloud.cfg', line: 1 } },
    ])
  })

  test('that only a shell could tell are said with their line, and never guessed', () => {
    const text = `GRUB_CMDLINE_LINUX="console=$(cat /tty)"
if [ -e /x ]; then
  GRUB_CMDLINE_LINUX_DEFAULT="maybe"
fi
. /etc/default/other
[ -e /y ] && GRUB_CMDLINE_LINUX="perhaps"
GRUB_CMDLINE_LINUX_DEFAULT=quiet
OTHER=$(date)
`
    const { variables, notUnderstood } = readGrubSettings(one(text))
    expect(notUnderstood.map(({ line }) => line)).toEqual([1, 3, 5, 6])
    expect([...variables.keys()]).toEqual(['GRUB_CMDLINE_LINUX_DEFAULT'])
    expect(grubParameters(one(text))).toEqual([
      { parameter: 'quiet', place: { file: '/etc/default/grub', line: 7 } },
    ])
  })

  test('read exactly as dash and bash read them, whatever quotes, escapes and variables are used', () => {
    const dir = madeRoot({})
    const inner = fc.constantFrom(
      'a',
      '=1',
      ' ',
      '\\\\',
      '\\"',
      '\\$',
      '\\`',
      '$GRUB_CMDLINE_LINUX',
      '${OTHER}',
      "'",
      ',',
      '\\x',
      '\\\n',
      '#',
      ';',
    )
    const double = fc.array(inner, { maxLength: 6 }).map((parts) => `"${parts.join('')}"`)
    const single = fc
      .string({ unit: fc.constantFrom('a', ' ', '"', '\\', '$', '`', '\n', '#'), maxLength: 6 })
      .map((t) => `'${t}'`)
    const bare = fc.constantFrom('a=b', 'x', '\\ ', '$OTHER', '\\"')
    const conditional = fc.constantFrom(
      '"${OTHER:+$OTHER }b"',
      '"${NONE:+x}"',
      '"${NONE:-y z}"',
      '"${OTHER:-n}"',
    )
    const value = fc
      .array(fc.oneof(double, single, bare, conditional), { maxLength: 3 })
      .map((parts) => parts.join(''))
    const name = fc.constantFrom('OTHER', 'GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT')
    const line = fc.tuple(name, value).map(([key, text]) => `${key}=${text}\n`)
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        const text = lines.join('')
        expect(readGrubSettings(one(text)).notUnderstood).toEqual([])
        expect(read(text)).toBe(sourced('dash', dir, text))
        expect(read(text)).toBe(sourced('bash', dir, text))
      }),
      { numRuns: 60 },
    )
  })

  test('no text makes the reader throw or hang', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        grubParameters(one(`GRUB_CMDLINE_LINUX=${text}`))
        grubParameters(one(text))
      }),
      { numRuns: 3000 },
    )
    // Hundreds of kB: what takes quadratic time would not end before the test's time is over.
    for (const deep of [
      '${X:+',
      '${X:+"',
      "'\n",
      '"$',
      '\\\n',
      'a ',
      '"a\n"',
      ';',
      '#',
      'if ',
      'A=1\n',
      '`',
    ]) {
      for (const quote of ['', '"', "'"])
        grubParameters(one(`GRUB_CMDLINE_LINUX=${quote}${deep.repeat(100_000)}`))
    }
  })
})
