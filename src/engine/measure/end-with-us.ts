import type { Runner } from '../../host/ports.ts'

/**
 * The command, sent `signal` by the kernel when quietcore dies (PR_SET_PDEATHSIG, by setpriv(1) of util-linux): a tool
 * that outlived a killed quietcore would hold the measured CPUs, with interrupts off, for as long as it was asked to.
 */
export function endingWithUs(
  argv: readonly string[],
  signal: 'INT' | 'TERM',
  runner: Runner,
): readonly string[] {
  return runner.find('setpriv') === undefined ? argv : ['setpriv', '--pdeathsig', signal, ...argv]
}
