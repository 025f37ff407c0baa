// Reads vitest's JSON report and prints the closing line: `N passed, N failed` (`, N skipped` when there are any).
// Usage: totals.mjs RESULTS.json FAILED_CHECKS CHECKS
import { readFileSync } from 'node:fs'

const [file, failedChecks, checks] = process.argv.slice(2)
let report
try {
  report = JSON.parse(readFileSync(file, 'utf8'))
} catch {
  report = { numPassedTests: 0, numFailedTests: 0, numFailedTestSuites: 1, testResults: [] }
}
// A test file that could not even be loaded has no failed test, but it has failed.
const broken = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
)
const lost = report.testResults.length === 0 ? 1 : 0
const passed = report.numPassedTests + Number(checks) - Number(failedChecks)
const failed = report.numFailedTests + broken.length + lost + Number(failedChecks)
const skipped = report.testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => status === 'pending' || status === 'skipped')
for (const { fullName } of skipped) console.log(`skipped: ${fullName}`)
console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0
