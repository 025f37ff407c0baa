import type { Facts } from '../core/facts.ts'
import { unameWords } from '../core/uname.ts'
import { lscpuText } from './lscpu-text.ts'

/**
 * What `uname`, `nproc` and `lscpu` print on the machine that the facts are of, with its last newline. Undefined for
 * other programs, and for options that the facts cannot answer.
 */
export function factsAsProgram(argv: readonly string[], facts: Facts): string | undefined {
  const [program = '', ...options] = argv
  switch (program.split('/').at(-1)) {
    case 'uname':
      return uname(options, facts)
    case 'nproc':
      return nproc(options, facts)
    case 'lscpu':
      return options.length === 0 ? lscpuText(facts) : undefined
    default:
      return undefined
  }
}

const LONG_OPTIONS: Readonly<Record<string, string>> = {
  '--all': '-a',
  '--kernel-name': '-s',
  '--nodename': '-n',
  '--kernel-release': '-r',
  '--kernel-version': '-v',
  '--machine': '-m',
  '--operating-system': '-o',
}

function uname(options: readonly string[], facts: Facts): string | undefined {
  const words: Readonly<Record<string, string>> = { ...unameWords(facts), o: 'GNU/Linux' }
  const letters = options.map((option) => LONG_OPTIONS[option] ?? option).join('')
  if (!/^(-[asnrvmo]+)*$/.test(letters)) return undefined
  const asked = letters === '' ? 's' : letters
  const printed = Object.keys(words).filter((letter) => asked.includes(letter) || asked.includes('a'))
  return `${printed.map((letter) => words[letter]).join(' ')}\n`
}

/** CPUs that an ordinary program may use: isolated ones are not in the affinity that it inherits. */
function nproc(options: readonly string[], { cpu }: Facts): string | undefined {
  if (options.length === 0) return `${cpu.online.minus(cpu.isolated).size}\n`
  return options.join(' ') === '--all' ? `${cpu.present.size}\n` : undefined
}
