import fc from 'fast-check'
import { pick, plain, value } from './random-values.ts'

export const sectionName = pick(
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
export const flag = pick('1', '0', 'True', 'true', 'yes', 'TRUE', 'false', '')

export const reserved: fc.Arbitrary<[string, string]> = fc.oneof(
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

export const option: fc.Arbitrary<[string, string]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(optionName, value) },
  { weight: 3, arbitrary: reserved },
  {
    weight: 1,
    arbitrary: fc.tuple(pick('script'), pick('run.sh', '${i:PROFILE_DIR}/run.sh', '/x/../run.sh', './a//b')),
  },
)
export const cmdline: fc.Arbitrary<[string, string]> = fc.tuple(
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
