import fc from 'fast-check'
import { cmdline, flag, option, reserved, sectionName } from './random-options.ts'
import { cpulist, pick, plain, reference, VARIABLES, value } from './random-values.ts'

/** The files of one random case by machine path, and the profiles to resolve. */
export interface RandomCase {
  files: Record<string, string>
  names: string[]
}

/** An option as somebody may type it. */
const typed = (pair: fc.Arbitrary<[string, string]>): fc.Arbitrary<string> =>
  fc
    .tuple(
      pair,
      pick('=', ' = ', '= ', ' =', '\t=\t'),
      pick(
        '',
        '',
        '',
        ' # note',
        '#tight',
        ' ;semi',
        '  ',
        '\n',
        '\n# comment',
        '\n; comment',
        '\n   # indented',
        '\n\n',
        '\n  more',
        '\n\tmore=1',
        '\n\n  after',
        '\n  [not] # a',
        '\n  # c\n  d',
      ),
      pick('', '', '', '', '', ' '),
    )
    .map(([[name, text], equals, tail, lead]) => `${lead}${name}${equals}${text}${tail}`)

const comment = pick('# c', '; c', '', '   ', '\t# x', '#[sysctl]')
const section = (name: fc.Arbitrary<string>, options: fc.Arbitrary<[string, string]>): fc.Arbitrary<string> =>
  fc
    .tuple(
      name,
      pick('', '', '', ' # x', ' junk'),
      fc.array(fc.oneof({ weight: 6, arbitrary: typed(options) }, { weight: 1, arbitrary: comment }), {
        maxLength: 6,
      }),
    )
    .map(([title, tail, lines]) => [`[${title}]${tail}`, ...lines].join('\n'))

const definition: fc.Arbitrary<[string, string]> = fc.tuple(
  pick(...VARIABLES.slice(0, 5), 'bad-name', 'enabled', 'devices'),
  fc.oneof(value, reference, cpulist),
)
const variables = section(
  pick('variables'),
  fc.oneof(
    { weight: 8, arbitrary: definition },
    { weight: 1, arbitrary: fc.tuple(pick('replace'), flag) },
    {
      weight: 2,
      arbitrary: fc.tuple(
        pick('include'),
        pick(
          '/etc/tuned/CASE-variables.conf',
          '/etc//tuned/./CASE-variables.conf',
          '/etc/tuned/missing.conf',
        ),
      ),
    },
  ),
)
const unit = fc.oneof(
  { weight: 4, arbitrary: section(sectionName, option) },
  {
    weight: 2,
    arbitrary: section(
      pick('bootloader'),
      fc.oneof({ weight: 5, arbitrary: cmdline }, { weight: 1, arbitrary: reserved }),
    ),
  },
  { weight: 1, arbitrary: section(pick('DEFAULT'), fc.tuple(pick('a', 'zz'), plain)) },
)

function body(includes: string[]): fc.Arbitrary<string> {
  const main = fc
    .tuple(
      pick('summary=S', 'summary = two\n  lines', '', 'description=D ; e # f'),
      includes.length === 0 ? fc.constant([]) : fc.subarray(includes),
      pick(',', ';', ' , ', ',\n  '),
    )
    .map(([first, chosen, comma]) =>
      ['[main]', first, ...(chosen.length > 0 ? [`include=${chosen.join(comma)}`] : [])].join('\n'),
    )
  return fc
    .tuple(
      main,
      fc.array(fc.oneof({ weight: 1, arbitrary: variables }, { weight: 2, arbitrary: unit }), {
        maxLength: 5,
      }),
      pick('\n', '\n', '\r\n', '\r'),
      fc.boolean(),
    )
    .map(
      ([head, sections, newline, swap]) =>
        (swap ? [...sections, head] : [head, ...sections]).join('\n').replaceAll('\n', newline) + newline,
    )
}

const variablesFile = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: typed(definition) },
        { weight: 1, arbitrary: comment },
        { weight: 1, arbitrary: pick('a', 'valueless', '[section]', ' b = 2') },
      ),
      { maxLength: 6 },
    ),
    pick('\n', '\r\n'),
  )
  .map(([lines, newline]) => lines.join('\n').replaceAll('\n', newline))

/** Four profiles that include each other downwards, one of them wrapped by /etc, with a variables file. */
export const randomCase: fc.Arbitrary<RandomCase> = fc
  .tuple(
    body([]),
    body(['CASE-0', '-CASE-none']),
    body(['CASE-1', 'CASE-0']),
    body(['CASE-1', '-CASE-2', 'CASE-0']),
    variablesFile,
    pick(['CASE-2'], ['CASE-1'], ['CASE-0', 'CASE-2'], ['CASE-2', 'CASE-1']),
  )
  .map(([zero, one, two, wrapper, file, names]) => ({
    files: {
      '/usr/lib/tuned/CASE-0/tuned.conf': zero,
      '/usr/lib/tuned/CASE-1/tuned.conf': one,
      '/usr/lib/tuned/CASE-2/tuned.conf': two,
      '/etc/tuned/CASE-1/tuned.conf': wrapper.replaceAll('-CASE-2', 'CASE-1'),
      '/etc/tuned/CASE-variables.conf': file,
    },
    names,
  }))

/** Puts a number in the place of CASE, so that hundreds of cases lie on one machine. */
export function numbered(one: RandomCase, number: number): RandomCase {
  const name = (text: string): string => text.replaceAll('CASE', `c${number}`)
  return {
    files: Object.fromEntries(Object.entries(one.files).map(([path, text]) => [name(path), name(text)])),
    names: one.names.map(name),
  }
}
