import fc from 'fast-check'

export const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

export const VARIABLES = ['a', 'b', 'isolated_cores', 'x_1', 'Größe', 'undefined_one']
export const cpulist = pick(
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
export const plain = fc
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

export const reference = fc
  .tuple(pick('', '', '', '\\', '\\\\'), pick(...VARIABLES))
  .map(([backslash, name]) => `${backslash}\${${name}}`)

export const value: fc.Arbitrary<string> = fc.letrec<{ value: string; call: string }>((tie) => ({
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
