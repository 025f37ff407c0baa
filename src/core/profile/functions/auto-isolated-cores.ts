import { CpuSet } from '../../cpu/cpu-set.ts'
import { InputError } from '../../errors.ts'
import { strip } from '../python-text.ts'
import { ANY, type FunctionCall, type ProfileFunction } from './env.ts'
import { readCpulist } from './tuned-cpulist.ts'

/**
 * Our own: `auto` becomes a list chosen for this machine, `auto:N` one that leaves N whole cores on each NUMA node;
 * any other CPU list is checked and comes back compact. An undefined variable passes, for an assertion to catch.
 * `${f:auto_isolated_cores:auto}` => `2-15,18-31`, `${f:auto_isolated_cores:2,3,4}` => `2-4`
 */
export const autoIsolatedCores: ProfileFunction = {
  name: 'auto_isolated_cores',
  arity: [1, ANY],
  call(args, call) {
    const value = strip(args.join(':'))
    const auto = /^auto(?::(.*))?$/.exec(value)
    if (auto)
      return call.env.chooseIsolatedCores(auto[1] === undefined ? undefined : coreCount(auto[1], call))
    if (/^\$\{\w+\}$/.test(value)) return value
    return (readCpulist(value, call) ?? strictly(value, call)).toString()
  },
}

function coreCount(text: string, { place }: FunctionCall): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InputError({
    code: 'bad-auto',
    message: `'auto:${text}' does not say how many cores to leave for housekeeping`,
    place,
    next: "Write 'auto', or 'auto:2' for two whole cores on each NUMA node.",
  })
}

/** Parses what TuneD's syntax refused as a kernel list, for its error message with the column. */
function strictly(text: string, { place }: FunctionCall): CpuSet {
  try {
    return CpuSet.parse(text)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { code, message, next } = error
    throw new InputError({ code, message, place, cause: error, ...(next === undefined ? {} : { next }) })
  }
}
