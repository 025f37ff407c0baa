import { openSuites } from '../engine/measure/suite-library.ts'
import type { Ports } from '../host/ports.ts'
import { systemctl } from './schedule/systemctl.ts'

/** Starts a suite as its unit: measured in its own cgroup, and ended with its own rules.
 * @throws InputError `unknown-suite`, and what is wrong in the suite; MachineError of systemctl */
export async function startUnit(suite: string, { root, runner }: Ports): Promise<{ unit: string }> {
  openSuites(root).load(suite)
  const unit = unitOf(suite)
  await systemctl(runner, 'start', '--no-block', '--', unit)
  return { unit }
}

/** @throws MachineError of systemctl */
export async function stopUnit(suite: string, { runner }: Ports): Promise<void> {
  await systemctl(runner, 'stop', '--', unitOf(suite))
}

function unitOf(suite: string): string {
  return `quietcore-validate@${suite}.service`
}
