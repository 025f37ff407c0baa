/** One small profile set that exercises one rule. `p` is the profile asked for unless `names` says otherwise. */
export interface MadeProfile {
  title: string
  /** text of /usr/lib/tuned/NAME/tuned.conf by NAME; a name that starts with '/' is a whole machine path */
  files: Record<string, string>
  names?: string[]
}

const made = (title: string, files: Record<string, string>, names?: string[]): MadeProfile => ({
  title,
  files,
  ...(names ? { names } : {}),
})
const SYSCTL = '[sysctl]\na=1\nb=2\nc=3\n'
const child = (text: string): Record<string, string> => ({ base: SYSCTL, p: `[main]\ninclude=base\n${text}` })

/** The rules of the grammar and of merging, each in a profile that would come out differently without it. */
export const MADE_PROFILES: readonly MadeProfile[] = [
  made('a section repeated adds to the first', { p: '[sysctl]\na=1\n[vm]\nx=1\n[sysctl]\nb=2\na=3\n' }),
  made('a name repeated keeps its first position and takes its last value', {
    p: '[sysctl]\na=1\nb=2\na=3\n',
  }),
  made('comments on their own line and after white space go', {
    p: '# one\n; two\n[sysctl] # three\na=1 # four\nb=2#stays\nc=3 ;stays\n\t# five\nd=x#y #z\n',
  }),
  made('only = divides, and only the first', { p: '[sysctl]\na:b=c=d:e\nk e y  =  v a l \nempty=\n' }),
  made('a deeper line continues a value, over comments and blank lines', {
    p: '[sysctl]\na=1\n  2\n# comment\n\n   3\n  # inner\n\tb=4\nb=5\n',
  }),
  made('an indented section header continues the value above it', { p: '[sysctl]\na=1\n [vm]\n b=2\n' }),
  made('an indented section has options at its own depth', { p: '  [sysctl]\n  a=1\n  b=2\n    3\n c=4\n' }),
  made('old Macintosh and Windows line ends', { p: '[sysctl]\r\na=1\r\n  2\r\nb=3\r[vm]\rx=1\r' }),
  made('a section name runs to the last bracket', { p: '[a]b]\nx=1\n[ padded ]\ny=2\n[sysctl] junk\nz=3\n' }),
  made('[DEFAULT] gives every section its options', { p: '[DEFAULT]\nz=9\na=8\n[sysctl]\na=1\n[vm]\n' }),
  made('percent signs mean nothing', { p: '[sysctl]\na=%(b)s %% 10%\n' }),
  made('an option of the child wins, its place in the order stays', child('[sysctl]\nb=9\nd=4\n')),
  made('drop removes inherited options, then the own ones come', child('[sysctl]\ndrop=a, c;zz\na=7\n')),
  made('drop does not split after a sign', {
    base: '[sysfs]\n/s/*=1\nb=2\nc=3\n',
    p: '[main]\ninclude=base\n[sysfs]\ndrop=/s/*,b\n',
  }),
  made(
    'replace forgets the inherited unit and keeps its place',
    child('[vm]\nx=1\n[sysctl]\nreplace=1\nz=1\n'),
  ),
  made('replace=yes does not replace', child('[sysctl]\nreplace=yes\nz=1\n')),
  made('type falls back to the name when the child does not repeat it', {
    base: '[extra]\ntype=sysctl\na=1\n',
    p: '[main]\ninclude=base\n[extra]\nb=2\n',
  }),
  made('enabled comes back when the child does not repeat it', {
    base: '[sysctl]\nenabled=0\na=1\n[vm]\nenabled=no\n',
    p: '[main]\ninclude=base\n[sysctl]\nb=2\n',
  }),
  made('devices fall back to all when the child does not repeat them', {
    base: '[disk]\ndevices=sda\na=1\n[net]\ndevices=${f:strip: eth0 },!eth1\n',
    p: '[main]\ninclude=base\n[disk]\nb=2\n',
  }),
  made('priority and expressions stay unless they are given', {
    base: '[disk]\npriority=7\ndevices_udev_regex=ID=(1|2)\nscript_pre=${i:PROFILE_DIR}/pre\nscript_post=/post\na=1\n',
    p: '[main]\ninclude=base\n[disk]\nscript_post=/other\n',
  }),
  made('priorities order the command line', {
    p: '[b2]\ntype=bootloader\npriority=5\ncmdline=second\n[bootloader]\npriority=-1\ncmdline=first\n',
  }),
  made('scripts of included profiles run first', {
    base: '[script]\nscript=one.sh\n[other]\ntype=script\nscript=x.sh\n',
    mid: '[main]\ninclude=base\n[script]\nscript=${i:PROFILE_DIR}/two.sh\n[other]\ntype=script\nscript=/y//../z.sh\n',
    p: '[main]\ninclude=mid\n[script]\npriority=5\nscript=./sub/three.sh\n',
  }),
  made('dropping the script leaves the own one', {
    base: '[script]\nscript=one.sh\n',
    p: '[main]\ninclude=base\n[script]\ndrop=script\nscript=two.sh\n',
  }),
  made(
    'several names merge from left to right',
    { p: '[sysctl]\na=1\nb=1\n', q: '[sysctl]\nb=2\n[vm]\nx=1\n' },
    ['p', 'q'],
  ),
  made('a profile that two others include is read once', {
    base: '[sysctl]\na=1\n',
    left: '[main]\ninclude=base\n[sysctl]\na=2\n',
    right: '[main]\ninclude=base\n[sysctl]\nb=3\n',
    p: '[main]\ninclude=left ; right\n',
  }),
  made('include lists split by commas and semicolons over lines', {
    x: '[sysctl]\na=1\n',
    y: '[sysctl]\na=2\nb=2\n',
    z: '[sysctl]\nb=3\n',
    p: '[main]\ninclude=x ,y;\n  z\n',
  }),
  made('a dash makes an include optional', {
    x: '[sysctl]\na=1\n',
    p: '[main]\ninclude=-none,-x\n[sysctl]\nb=2\n',
  }),
  made('a missing include refuses the profile', { p: '[main]\ninclude=none\n' }),
  made('the file of /etc wraps the one of /usr', {
    p: '[sysctl]\na=1\nb=1\n',
    '/etc/tuned/p/tuned.conf': '[main]\ninclude=p\n[sysctl]\nb=2\n',
  }),
  made('the file of /etc stands for the one of /usr', {
    p: '[sysctl]\na=1\n',
    '/etc/tuned/p/tuned.conf': '[sysctl]\nb=2\n',
  }),
  made('an include may hold functions', {
    base: SYSCTL,
    p: '[main]\ninclude=${f:strip: ba}${f:strip:se }\n',
  }),
  made('variables expand once, in order', {
    p: '[variables]\na=1\nb=${a}2\nc=${d}\nd=4\ne=${c}\n[sysctl]\nx=${e} ${d}\n',
  }),
  made('a backslash keeps a variable for one level', {
    p: '[variables]\na=1\nb=\\${a}\nc=\\\\${a}\nd=${c}\ne=${d}\n[sysctl]\nx=\\${a}\ny=${b}\nz=${c}\n',
  }),
  made('an undefined variable stays', { p: '[sysctl]\nx=${nobody} ${}${a b}$a\n' }),
  made('a variables file comes in where it is included', {
    '/etc/tuned/p-variables.conf': '# c\na=1 # one\nb = ${a}2\n  3\nvalueless\n[any]\nc=4\n',
    p: '[variables]\nbefore=${a}\ninclude=/etc/tuned/p-variables.conf\na=${a}0\n[sysctl]\nx=${a} ${b} ${c} ${before}\n',
  }),
  made('a variables file that is not there is passed over', {
    p: '[variables]\ninclude=/etc/none.conf\na=1\n',
  }),
  made('the assertion idiom catches an unset variable', {
    p: '[variables]\ncheck=\\\\${cores}\ncores=${cores}\nassert=${f:assertion_non_equal:cores are set:${cores}:${check}}\n',
  }),
  made('the assertion idiom passes a set variable', {
    '/etc/tuned/p-variables.conf': 'cores=1\n',
    p: '[variables]\ninclude=/etc/tuned/p-variables.conf\ncheck=\\\\${cores}\ncores=${cores}\nassert=${f:assertion_non_equal:cores are set:${cores}:${check}}\n',
  }),
  made('an assertion of equal values refuses the profile', {
    p: '[variables]\na=${f:assertion:differ:1:2}\n',
  }),
  made('variables of the child replace, and keep their order', {
    base: '[variables]\na=1\nb=${a}\n[sysctl]\nx=${b}\n',
    p: '[main]\ninclude=base\n[variables]\nc=${b}\na=2\n',
  }),
  made('replace clears the inherited variables', {
    base: '[variables]\na=1\nb=2\n[sysctl]\nx=${a}${b}\n',
    p: '[main]\ninclude=base\n[variables]\nreplace=true\nb=3\n',
  }),
  made('drop removes inherited variables', {
    base: '[variables]\na=1\nb=2\n[sysctl]\nx=${a}${b}\n',
    p: '[main]\ninclude=base\n[variables]\ndrop=a\n',
  }),
  made('functions nest, and a colon may be escaped', {
    p: '[sysctl]\nx=${f:strip:a\\:b:${f:strip: c }:${f:cpulist_pack:${f:cpulist_unpack:1-3}}}\ny=\\${f:strip:a}\nz=${f:kb2s:x}\n',
  }),
  made('a result with a colon divides arguments again', {
    p: '[variables]\nv=a:b\n[sysctl]\nx=${f:strip:${v}:c}\ny=${f:kb2s:${v}}\nz=${f:regex_search_ternary:${v}:a:1:2}\n',
  }),
  made('too few or too many arguments leave the text', {
    p: '[sysctl]\nx=${f:kb2s}\ny=${f:kb2s:1:2}\nz=${f:strip}\n',
  }),
  made('a brace too many ends the expansion', {
    p: '[sysctl]\nx=a}${f:strip:b}\ny=${f:strip:{b}}\nz=${f:strip:${\n',
  }),
  made('CPU lists and masks', {
    p: `[sysctl]
a=\${f:cpulist_unpack:1-5,^3,!4-4,0x40,,9}
b=\${f:cpulist2hex:0-3:32}
c=\${f:hex2cpulist:00000001,0000000f}
d=\${f:cpulist2hex_invert:0-3}
e=\${f:cpulist_online:0-40}
f=\${f:cpulist_present:0-40}
g=\${f:cpulist2devs:"1-3"}
h=\${f:cpulist_pack:5,1,2,3,2}
i=\${f:cpulist_unpack:nonsense}
j=\${f:cpulist2hex:}
`,
  }),
  made('halves round to the even neighbour', {
    p: '[sysctl]\na=${f:s2kb:5}\nb=${f:s2kb:7}\nc=${f:s2kb:-3}\nd=${f:kb2s: 4 }\n',
  }),
  made('expressions of Python', {
    p: `[sysctl]
a=\${f:regex_search_ternary:yes:\\b[y,Y,1,t,T]\\b:found:missing}
b=\${f:regex_search_ternary:Y:\\b[y,Y,1,t,T]\\b:found:missing}
c=\${f:regex_search_ternary:ab:(?P<first>a)b\\Z:found:missing}
d=\${f:regex_search_ternary:ABC:(?i)\\Aabc$:found:missing}
e=\${f:regex_search_ternary:5-10:\\s*[0-9]: isolcpus=5-10:}
f=\${f:regex_search_ternary:é:^\\w$:found:missing}
g=\${f:regex_search_ternary:a]:[]]:found:missing}
h=\${f:cpuinfo_check:^vendor_id\\s+\\: GenuineIntel$:intel:AuthenticAMD:amd:other}
`,
  }),
  made('an expression that is none refuses the profile', {
    p: '[sysctl]\na=${f:regex_search_ternary:x:(:1:2}\n',
  }),
  made('cpuinfo and uname expressions switch units off', {
    p: '[a]\ntype=sysctl\ncpuinfo_regex=GenuineIntel\n[b]\ntype=sysctl\ncpuinfo_regex=^flags.*\\bsve\\b\n[c]\ntype=sysctl\nuname_regex=aarch64|${f:strip:ppc}\n[d]\ntype=sysctl\nuname_regex=^Linux \\S+ 6\\.\n',
  }),
  made('plus and plain append, minus removes whole parameters', {
    p: '[bootloader]\ncmdline_a=+quiet isolcpus=1 x=1 x=11\ncmdline_b=nohz=on\ncmdline_c=-isolcpus=1 x=1 quie\ncmdline_d=+ last\n',
  }),
  made('a backslash makes plus and minus ordinary', {
    p: '[bootloader]\ncmdline_a=\\+plus\ncmdline_b=\\-minus\ncmdline_c=\\\\back\ncmdline_d=-+plus\n',
  }),
  made('minus removes what is written, before expansion', {
    base: '[variables]\nc=1-3\n[bootloader]\ncmdline_a=+isolcpus=${c} nohz_full=${c}\n',
    p: '[main]\ninclude=base\n[bootloader]\ncmdline_b=-isolcpus=${c} nohz_full=1-3\n',
  }),
  made('quotes around the whole command line go', { p: '[bootloader]\ncmdline="quiet splash"\n' }),
  made('values for later are left alone', {
    p: '[sysctl]\na=>1024\nb=<5\nc=performance|powersave\nd=cstate.id:1|3\n',
  }),
  made('a name without = refuses the profile', { p: '[sysctl]\na\n' }),
  made('text before a section refuses the profile', { p: 'a=1\n[sysctl]\n' }),
  made('a priority that is no number refuses the profile', { p: '[sysctl]\npriority=high\n' }),
]
