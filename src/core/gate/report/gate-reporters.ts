import { gateHtml } from './gate-html.ts'
import { gateJson } from './gate-json.ts'
import { gateJunit } from './gate-junit.ts'
import type { GateReporter } from './gate-reporter.ts'
import { gateText } from './gate-text.ts'

export const GATE_REPORTERS: readonly GateReporter[] = [gateText, gateJson, gateJunit, gateHtml]
