import type { SuiteStep } from '../../core/suite/suite.ts'
import type { Clock } from '../../host/ports.ts'

/** How far a suite is. */
export interface Progress {
  step: string
  tool: string
  /** 1 of `steps` */
  index: number
  steps: number
  elapsedS: number
  /** of the whole suite, as asked; a step that ends early shortens it */
  remainingS: number
}

const EVERY_MS = 1000

/** Calls back each second while a step runs; answers how to stop. */
export function reportProgress(
  steps: readonly SuiteStep[],
  index: number,
  suiteStartedMs: number,
  clock: Clock,
  onProgress: (progress: Progress) => void,
): () => void {
  const step = steps[index]!
  const startedMs = clock.monotonicMs()
  const laterS = steps.slice(index + 1).reduce((sum, { durationS }) => sum + durationS, 0)
  const tell = () => {
    const inStepS = (clock.monotonicMs() - startedMs) / 1000
    onProgress({
      step: step.name,
      tool: step.tool,
      index: index + 1,
      steps: steps.length,
      elapsedS: (clock.monotonicMs() - suiteStartedMs) / 1000,
      remainingS: laterS + Math.max(0, step.durationS - inStepS),
    })
  }
  tell()
  const timer = setInterval(tell, EVERY_MS)
  return () => clearInterval(timer)
}
