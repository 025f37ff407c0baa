import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCommandLine, sameName } from '../../../src/core/cmdline/parse.ts'

/** The kernel's next_arg, character by character with NUL bytes, as an oracle (lib/cmdline.c of Linux 6.1). */
function nextArg(input: string): { param: string; val: string | undefined; rest: string } {
  const args = [...input, '\0']
  let base = 0
  let equals = 0
  let inQuote = false
  let quoted = false
  const space = (c: string) => ' \t\n\v\f\r'.includes(c)
  if (args[0] === '"') {
    base = 1
    inQuote = true
    quoted = true
  }
  let i = 0
  for (; args[base + i] !== '\0'; i++) {
    const c = args[base + i]!
    if (space(c) && !inQuote) break
    if (equals === 0 && c === '=') equals = i
    if (c === '"') inQuote = !inQuote
  }
  const end = args[base + i]
  const text = (from: number) => args.slice(from, args.indexOf('\0', from)).join('')
  let val: number | undefined
  if (equals) {
    args[base + equals] = '\0'
    val = base + equals + 1
    if (args[val] === '"') {
      val++
      if (args[base + i - 1] === '"') args[base + i - 1] = '\0'
    }
  }
  if (quoted && args[base + i - 1] === '"') args[base + i - 1] = '\0'
  const rest = end === '\0' ? '' : args.slice(base + i + 1, -1).join('')
  args[base + i] = '\0'
  return {
    param: text(base),
    val: val === undefined ? undefined : text(val),
    rest: rest.replace(/^[ \t\n\v\f\r]+/, ''),
  }
}

function kernelReads(line: string): [string, string | undefined][] {
  const read: [string, string | undefined][] = []
  let rest = line.replace(/^[ \t\n\v\f\r]+/, '')
  while (rest !== '') {
    const one = nextArg(rest)
    if (one.param === '--' && one.val === undefined) break
    read.push([one.param, one.val])
    rest = one.rest
  }
  return read
}

describe('a kernel command line', () => {
  test('is split at blanks outside double quotes, quotes are taken away, and -- ends it', () => {
    expect(
      parseCommandLine('ro  quiet dyndbg="file x.c +p"\tisolcpus=domain,2-3 "a b=c d" -- single "x y"\n'),
    ).toEqual({
      parameters: [
        { name: 'ro', value: undefined, text: 'ro' },
        { name: 'quiet', value: undefined, text: 'quiet' },
        { name: 'dyndbg', value: 'file x.c +p', text: 'dyndbg="file x.c +p"' },
        { name: 'isolcpus', value: 'domain,2-3', text: 'isolcpus=domain,2-3' },
        { name: 'a b', value: 'c d', text: '"a b=c d"' },
      ],
      init: 'single "x y"',
    })
  })

  test('with an empty value, a value with =, and a name that starts with = is read as the kernel reads it', () => {
    expect(parseCommandLine('a= root=UUID=1-2 =b=c').parameters).toEqual([
      { name: 'a', value: '', text: 'a=' },
      { name: 'root', value: 'UUID=1-2', text: 'root=UUID=1-2' },
      { name: '=b', value: 'c', text: '=b=c' },
    ])
  })

  test('is read exactly as next_arg does, whatever it holds', () => {
    const letters = fc.constantFrom('a', 'b', '=', '"', ' ', '-', '\\', ',', '\t')
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 40 }), (line) => {
        const ours = parseCommandLine(line).parameters.map(({ name, value }) => [name, value])
        expect(ours).toEqual(kernelReads(line))
      }),
      { numRuns: 5000 },
    )
  })

  test('has names in which - and _ are equal', () => {
    expect([sameName('rcu-nocbs', 'rcu_nocbs'), sameName('nohz', 'nohz_full')]).toEqual([true, false])
  })
})
