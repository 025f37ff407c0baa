import type { Place } from '../../errors.ts'
import type { Facts } from '../../facts.ts'

/** All that the built-in functions may know. Pure: who reads a file or runs a program is the caller's business. */
export interface FunctionEnv {
  facts: Facts
  /**
   * Standard output of a program that only looks (no shell, no writing), or undefined when it was not run or failed.
   * Programs known to write (`mktemp`) never reach it.
   */
  exec(argv: string[]): string | undefined
  /** whole text of a machine file; undefined when it is not there */
  readText(path: string): string | undefined
  /** names in a machine folder; empty when it is not there */
  list(path: string): readonly string[]
  /** a cpulist for the word `auto`; `housekeepingCores` is N of `auto:N` */
  chooseIsolatedCores(housekeepingCores?: number): string
}

/** One use of a function in a profile. */
export interface FunctionCall {
  env: FunctionEnv
  /** where the text that uses it stands */
  place: Place
  /** says something that does not stop the work */
  warn(code: string, message: string): void
}

export interface ProfileFunction {
  /** as in `${f:NAME:…}` */
  readonly name: string
  /** how many arguments it takes, both ends included */
  readonly arity: readonly [min: number, max: number]
  /**
   * The text that takes the place of `${f:…}`; undefined leaves it as written.
   * @throws InputError with the call's place
   */
  call(args: readonly string[], call: FunctionCall): string | undefined
}

/** No upper limit of arguments. */
export const ANY = Number.POSITIVE_INFINITY
