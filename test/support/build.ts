import { execFileSync } from 'node:child_process'

/** Builds dist/ once before the tests, so that they call the program that is shipped. */
export default function build(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
}
