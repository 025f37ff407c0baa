import { parseSuite } from '../../core/suite/parse-suite.ts'
import type { Suite } from '../../core/suite/suite.ts'
import type { Ports } from '../../host/ports.ts'
import type { Problem } from '../service-state.ts'
import { problemOf } from './problem.ts'

export const SUITES_FOLDER = '/etc/quietcore/suites.d'

export interface SuitesRead {
  suites: readonly Suite[]
  /** names of the files that are there and cannot be read */
  unreadable: readonly string[]
  problems: readonly Problem[]
}

/** The administrator's suites; a broken file is a problem of its own and leaves the others. */
export function readSuites({ root, clock }: Pick<Ports, 'root' | 'clock'>): SuitesRead {
  const suites: Suite[] = []
  const unreadable: string[] = []
  const problems: Problem[] = []
  // Editors keep their half-written files under names with a dot in front.
  const files = root.list(SUITES_FOLDER).filter((file) => file.endsWith('.conf') && !file.startsWith('.'))
  for (const file of files) {
    const path = `${SUITES_FOLDER}/${file}`
    try {
      const text = root.readTextIfThere(path)
      if (text !== undefined) suites.push(parseSuite(path, text))
    } catch (error) {
      unreadable.push(file.slice(0, -'.conf'.length))
      problems.push(problemOf(error, clock.now()))
    }
  }
  return { suites, unreadable, problems }
}
