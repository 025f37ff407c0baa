import { type PythonRegexOptions, pythonRegex } from '../python-regex.ts'
import type { FunctionCall } from './env.ts'

const MULTILINE: PythonRegexOptions = { multiline: true }

/** REGEX1, TEXT1, REGEX2, TEXT2, …[, FALLBACK]: the text of the first expression found; else the fallback, else ''. */
export function searchLadder(args: readonly string[], haystack: string, { place }: FunctionCall): string {
  for (let i = 0; i + 1 < args.length; i += 2) {
    if (pythonRegex(args[i]!, place, MULTILINE).test(haystack)) return args[i + 1]!
  }
  return args.length % 2 === 1 ? args.at(-1)! : ''
}
