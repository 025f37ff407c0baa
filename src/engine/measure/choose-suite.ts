import { InputError } from '../../core/errors.ts'
import type { Load, Suite, SuiteTool } from '../../core/suite/suite.ts'
import type { Threshold } from '../../core/verdict/verdict.ts'
import type { SuiteLibrary } from './suite-library.ts'
import { findTool } from './tools.ts'

/** What the command line says of a suite. */
export interface SuiteChoice {
  name?: string
  /** only this tool: the suite's steps with it, or one of its own without a suite */
  tool?: string
  cpus?: string
  /** instead of each step's own */
  durationS?: number
  load?: Load
  failFast?: boolean
  /** replace those of suite and profile for the same tool and metric */
  thresholds: readonly Threshold[]
  /** of the profile in force */
  profileThresholds: readonly Threshold[]
}

const DEFAULT_SUITE = 'smoke'
const DEFAULT_DURATION_S = 10

/**
 * The suite to run: named, or made of one tool, with what the command line changes. The profile in force adds its own
 * thresholds for the tools that are run.
 * @throws InputError `unknown-suite`, `unknown-tool`, `no-such-step`
 */
export function chooseSuite(choice: SuiteChoice, library: SuiteLibrary): Suite {
  const base =
    choice.name === undefined && choice.tool
      ? oneTool(choice.tool)
      : library.load(choice.name ?? DEFAULT_SUITE)
  const steps = base.steps
    .filter(({ tool }) => choice.tool === undefined || tool === findTool(choice.tool).name)
    .map((step) => ({ ...step, durationS: choice.durationS ?? step.durationS }))
  if (steps.length === 0) {
    throw new InputError({
      code: 'no-such-step',
      message: `the suite '${base.name}' has no step with ${choice.tool}`,
      next: `Leave the suite out to run ${choice.tool} alone, or choose one of ${[...new Set(base.steps.map(({ tool }) => tool))].join(', ')}.`,
    })
  }
  const tools = new Set<string>(steps.map(({ tool }) => tool))
  return {
    ...base,
    steps,
    cpus: choice.cpus ?? base.cpus,
    load: choice.load ?? base.load,
    failFast: choice.failFast ?? base.failFast,
    thresholds: merged(choice, base, tools),
  }
}

/** A tool alone, with its own options' defaults and no threshold but those that are given. */
function oneTool(name: string): Suite {
  const tool: SuiteTool = findTool(name).name
  return {
    name: tool,
    path: '--tool',
    title: `${tool} alone`,
    steps: [{ name: tool, tool, durationS: DEFAULT_DURATION_S, place: { file: '--tool' } }],
    cpus: 'isolated',
    thresholds: [],
    load: 'none',
    defaultSystem: true,
    onlyWhenIdle: false,
    failFast: false,
  }
}

function merged(choice: SuiteChoice, base: Suite, tools: ReadonlySet<string>): Threshold[] {
  const runs = (threshold: Threshold) => threshold.tool === '*' || tools.has(threshold.tool)
  const replaced = new Set(choice.thresholds.map(subject))
  const others = [...base.thresholds, ...choice.profileThresholds].filter(
    (threshold) => runs(threshold) && !replaced.has(subject(threshold)),
  )
  // A threshold that is asked for is held against what was measured, even where that is nothing.
  return [...others, ...choice.thresholds]
}

function subject({ tool, metric, budgetUs }: Threshold): string {
  return `${tool}.${metric}(${budgetUs ?? ''})`
}
