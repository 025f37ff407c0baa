import { ANY, type ProfileFunction } from './env.ts'

/** What `mktemp` stands for: a plan writes nothing, so the folder gets a fixed name instead of a new one. */
export const SCRATCH_FOLDER = '/run/quietcore/tmp'

/**
 * Standard output of a program, as printed, last newline included. Expanding a profile must change nothing, so a
 * program with side effects is not run: `mktemp` gives the fixed path /run/quietcore/tmp, and whatever else the
 * caller's `exec` does not run or that fails leaves the text as written, with a warning.
 * `${f:strip:${f:exec:uname:-r}}` => `6.1.0-21-amd64`
 */
export const exec: ProfileFunction = {
  name: 'exec',
  arity: [1, ANY],
  call(args, { env, warn }) {
    if (args[0]!.split('/').at(-1) === 'mktemp') return `${SCRATCH_FOLDER}\n`
    const output = env.exec([...args])
    if (output === undefined)
      warn('not-run', `'${args.join(' ')}' was not run or failed; its place stays unexpanded`)
    return output
  },
}
