import type { Facts } from './facts.ts'

/** The words of uname(2) by the letter of uname(1)'s option, in the order in which it prints them. */
export function unameWords({ hostname, kernel }: Pick<Facts, 'hostname' | 'kernel'>) {
  // /proc/version tells the compiler first; the build is what follows the '#'.
  const build = /#.*/.exec(kernel.version)?.[0] ?? kernel.version
  return { s: 'Linux', n: hostname, r: kernel.release, v: build, m: kernel.machine }
}
