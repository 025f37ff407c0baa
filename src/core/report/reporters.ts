import { InputError } from '../errors.ts'
import { htmlReporter } from './html.ts'
import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import { prometheusReporter } from './prometheus.ts'
import type { Reporter } from './reporter.ts'
import { textReporter } from './text.ts'

export const REPORTERS: readonly Reporter[] = [
  textReporter,
  jsonReporter,
  junitReporter,
  htmlReporter,
  prometheusReporter,
]

/** @throws InputError `unknown-format`. */
export function findReporter(name: string): Reporter {
  const found = REPORTERS.find((reporter) => reporter.name === name)
  if (found) return found
  throw new InputError({
    code: 'unknown-format',
    message: `'${name}' is no report format`,
    next: `Choose one of ${REPORTERS.map((reporter) => reporter.name).join(', ')}.`,
  })
}
