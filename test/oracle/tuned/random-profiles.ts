import fc from 'fast-check'

/** The files of one random case by machine path, and the profiles to resolve. */
export interface RandomCase {
  files: Record<string, string>
  names: string[]
}

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const VARIABLES = ['a', 'b', 'isolated_cores', 'x_1', 'Größe', 'undefined_one']
const cpulist = pick(
  '1',
  '1-3',
  '0,2',
  '2-3,^3',
  '1-5,!2-3',
  '0x6',
  '0xf,0,,1',
  '',
  'x',
  '3-1',
  "'1,2'",
  ' 1',
  '1, 2',
  '+1',
  '1-',
  '7,1-1',
)
const mask = pick('f', '0x3', '1,00000000', 'zz', '', '0x', ' 6 ', '00000001,0000000f')
const number = pick('1', '2', '5', '7', '-3', 'no', '', ' 4 ', '1_0')
const regex = pick(
  '\\b[y,Y,1,t,T]\\b',
  '^a',
  'o+$',
  '[^0-9]',
  '(?P<n>x)|1',
  '\\s*[0-9]',
  '^$',
  '(?i)ABC',
  '\\w',
  '[]x]',
  'a{2}',
  '\\d',
  '.',
)

/** Plain text with all that means something to the grammar, except unpaired braces. */
const plain = fc
  .array(
    pick(
      'a',
      'B',
      ' ',
      '  ',
      'n',
      ';',
      ' ;x',
      '#',
      ',',
      ':',
      '\\',
      '\\:',
      '%',
      '$',
      '"',
      "'",
      '=',
      '+',
      '-',
      '/',
      '*',
      '[x]',
      '>',
      '<',
      '|',
      'é',
      '\t',
      '%(a)s',
      '\\\\',
    ),
    { maxLength: 5 },
  )
  .map((parts) => parts.join(''))

const reference = fc
  .tuple(pick('', '', '', '\\', '\\\\'), pick(...VARIABLES))
  .map(([backslash, name]) => `${backslash}\${${name}}`)

const value: fc.Arbitrary<string> = fc.letrec<{ value: string; call: string }>((tie) => ({
  value: fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: plain },
        { weight: 3, arbitrary: reference },
        { weight: 2, arbitrary: tie('call') },
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((parts) => parts.join('')),
  call: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    call('strip', fc.tuple(plain)),
    call('strip', fc.tuple(tie('value'))),
    call('strip', fc.tuple(tie('value'), plain)),
    call('cpulist_unpack', fc.tuple(cpulist)),
    call('cpulist_pack', fc.tuple(cpulist, cpulist)),
    call('cpulist2hex', fc.tuple(reference)),
    call('cpulist2hex', fc.tuple(cpulist)),
    call('cpulist2hex_invert', fc.tuple(cpulist)),
    call('cpulist_invert', fc.tuple(cpulist)),
    call('cpulist_online', fc.tuple(cpulist, cpulist)),
    call('cpulist_present', fc.tuple(cpulist)),
    call('cpulist2devs', fc.tuple(cpulist)),
    call('hex2cpulist', fc.tuple(mask)),
    call('kb2s', fc.tuple(number)),
    call('s2kb', fc.tuple(number)),
    call('calc_isolated_cores', fc.oneof(fc.tuple(), fc.tuple(number))),
    call('check_net_queue_count', fc.tuple(pick('4', '12'))),
    call('regex_search_ternary', fc.tuple(plain, regex, plain, tie('value'))),
    call(
      'cpuinfo_check',
      fc.tuple(pick('GenuineIntel', 'AuthenticAMD', '^model name', 'zzz$'), plain, plain),
    ),
    call('virt_check', fc.tuple(plain, plain)),
    call('assertion_non_equal', fc.tuple(plain, reference, plain)),
    call('exec', fc.tuple(pick('echo'), plain)),
  ),
})).value

function call(name: string, args: fc.Arbitrary<string[]>): fc.Arbitrary<string> {
  return fc
    .tuple(pick('', '', '', '', '\\'), args)
    .map(([backslash, list]) => `${backslash}\${f:${[name, ...list].join(':')}}`)
}

const sectionName = pick(
  'sysctl',
  'sysfs',
  'script',
  'bootloader',
  'cpu',
  'net',
  'net.one',
  'disk',
  'vm',
  'a b',
  'x]y',
  'bootloader.two',
)
const optionName = pick(
  'a',
  'b',
  'vm.swappiness',
  '/sys/x/*',
  'A',
  'key with blanks',
  'k]',
  'ö',
  'isolated_cores',
  'group.k',
)
const flag = pick('1', '0', 'True', 'true', 'yes', 'TRUE', 'false', '')

const reserved: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(pick('type'), pick('net', 'sysctl', 'bootloader', 'disk')),
  fc.tuple(pick('enabled', 'replace'), flag),
  fc.tuple(pick('priority'), pick('1', '-2', '10', ' 5', '+3', '0', '20', '1_0', 'x')),
  fc.tuple(pick('devices'), fc.oneof(pick('sd*', '!a, b', '*', ''), value)),
  fc.tuple(pick('drop'), pick('a', 'a,b', 'a ; b', 'vm.swappiness', '/sys/x/*,a', 'missing', '', 'a,')),
  fc.tuple(
    pick('devices_udev_regex', 'script_pre', 'script_post'),
    plain.map((text) => text.replaceAll('$', '')),
  ),
  fc.tuple(
    pick('cpuinfo_regex'),
    pick('GenuineIntel', 'nothing', '^model\\s+name.*Gold', '${a}', '(', 'processor\\t: 1$'),
  ),
  fc.tuple(pick('uname_regex'), pick('Linux', 'aarch64', 'x86_64$', 'made 6')),
)

const option: fc.Arbitrary<[string, string]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(optionName, value) },
  { weight: 3, arbitrary: reserved },
  {
    weight: 1,
    arbitrary: fc.tuple(pick('script'), pick('run.sh', '${i:PROFILE_DIR}/run.sh', '/x/../run.sh', './a//b')),
  },
)
const cmdline: fc.Arbitrary<[string, string]> = fc.tuple(
  pick('cmdline', 'cmdline_a', 'cmdline_b', 'cmdlinec'),
  fc
    .tuple(
      pick('', '+', '-', '\\+', '\\-', '\\\\', '+ ', '- ', '"'),
      fc.array(
        pick(
          'quiet',
          'isolcpus=${isolated_cores}',
          'a=1',
          '${a}',
          'x',
          'nohz=on',
          '${f:cpulist_pack:1,2}',
          ' ',
          'q"',
          '-y',
        ),
        { maxLength: 4 },
      ),
    )
    .map(([operator, tokens]) => operator + tokens.join(' ')),
)

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
