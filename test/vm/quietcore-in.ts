import type { CommandResult } from './driver/ssh.ts'
import type { Vm } from './driver/vm.ts'
import { waitFor } from './driver/wait-for.ts'

export interface SettingAnswer {
  id: string
  section: string
  target: string
  want: string
  have: string | null
  state: 'ok' | 'differs' | 'pending-reboot' | 'unsupported' | 'unreadable'
  effect: 'now' | 'reboot'
  reason?: string
}

/** The part of `plan --json` and `verify --json` that the tests read (docs/schema/plan.schema.json). */
export interface PlanAnswer {
  schemaVersion: number
  profile: string
  settings: SettingAnswer[]
  warnings: { code: string; message: string }[]
  cmdline: { running: string; wanted: string }
}

/** Runs quietcore in the machine. */
export function quietcore(vm: Vm, ...args: string[]): Promise<CommandResult> {
  return vm.run(['quietcore', ...args], { timeoutMs: 900_000 })
}

/** `verify --json` with its exit code. */
export async function verified(vm: Vm): Promise<{ exitCode: number; answer: PlanAnswer }> {
  const { exitCode, stdout } = await quietcore(vm, 'verify', '--json')
  return { exitCode, answer: JSON.parse(stdout) as PlanAnswer }
}

/** `id: want …, have …, reason` of the settings in one state. */
export function inState(answer: PlanAnswer, state: SettingAnswer['state']): string[] {
  return answer.settings
    .filter((setting) => setting.state === state)
    .map(({ id, want, have, reason }) => `${id}: want ${want}, have ${have}${reason ? `, ${reason}` : ''}`)
}

/** Ends a measurement that a failed try left running: it holds CPUs and tracers. */
export async function nothingMeasures(vm: Vm): Promise<void> {
  await vm.run(['pkill', '-INT', '-f', '^quietcore validate'])
  await waitFor(vm, "! pgrep -f '^quietcore validate' >/dev/null", 600)
}
