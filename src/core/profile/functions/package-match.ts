import { pythonInt, strip } from '../python-text.ts'
import type { FunctionCall } from './env.ts'
import { matchesPattern } from './pattern.ts'

/** Whether a socket's number is meant by one of the arguments: a number, or a pattern such as `[01]` or `*`. */
export function packageMatches(id: string, wanted: string): boolean {
  const number = pythonInt(wanted)
  return number === undefined ? matchesPattern(wanted, strip(id)) : pythonInt(id) === number
}

/** Device names of the sockets asked for, split by commas; undefined when there is none. */
export function devicesOf(
  devices: readonly { name: string; id: string | undefined }[],
  args: readonly string[],
  { warn }: FunctionCall,
): string | undefined {
  const chosen = devices.flatMap(({ name, id }) => {
    if (id === undefined || pythonInt(id) === undefined) {
      warn('no-package', `the socket of '${name}' is not known`)
      return []
    }
    return args.filter((wanted) => packageMatches(id, wanted)).map(() => name)
  })
  return chosen.length === 0 ? undefined : chosen.join(',')
}
