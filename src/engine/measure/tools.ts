import { InputError } from '../../core/errors.ts'
import type { MeasureTool } from './tool.ts'
import { cyclictest } from './tools/cyclictest.ts'
import { hwlatdetect } from './tools/hwlatdetect.ts'
import { oslat } from './tools/oslat.ts'
import { rtlaOsnoise } from './tools/rtla-osnoise.ts'
import { rtlaTimerlat } from './tools/rtla-timerlat.ts'

/** Every tool that quietcore runs. */
export const MEASURE_TOOLS: readonly MeasureTool[] = [
  cyclictest,
  hwlatdetect,
  oslat,
  rtlaTimerlat,
  rtlaOsnoise,
]

/** @throws InputError `unknown-tool` with the names there are */
export function findTool(name: string): MeasureTool {
  const tool = MEASURE_TOOLS.find((candidate) => candidate.name === name)
  if (tool) return tool
  throw new InputError({
    code: 'unknown-tool',
    message: `'${name}' is no latency tool that quietcore runs`,
    next: `Choose one of ${MEASURE_TOOLS.map((candidate) => candidate.name).join(', ')}.`,
  })
}
