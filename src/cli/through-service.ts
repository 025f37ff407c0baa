import { posix } from 'node:path'
import { type ApplyAnswer, applyAnswer } from '../answers/apply-answer.ts'
import { type OffAnswer, offAnswer } from '../answers/off-answer.ts'
import { openMachine } from '../engine/open-machine.ts'
import { openPorts, requirePrivilege } from '../engine/open-ports.ts'
import type { ProfileChoice } from '../engine/resolve-profile.ts'
import { tune, untune } from '../engine/tune.ts'
import { askService } from '../host/control/ask-service.ts'
import type { Root } from '../host/ports.ts'

/** `apply` by the running service, which then keeps the profile in force; without one by this process. */
export async function applyHere(choice: ProfileChoice, dir: string): Promise<ApplyAnswer> {
  const ports = openPorts(dir)
  requirePrivilege(ports, 'apply')
  const { name: profile, overrides, profileDirs } = absolute(choice, ports.root)
  const body = { profile, overrides, ...(profileDirs === undefined ? {} : { profileDirs }) }
  const answer = await askService<ApplyAnswer>(ports.root, { method: 'POST', path: '/v1/apply', body })
  return answer ?? applyAnswer(await tune(choice, openMachine(dir)))
}

/** `off` by the running service; without one by this process. */
export async function offHere(dir: string): Promise<OffAnswer> {
  const ports = openPorts(dir)
  requirePrivilege(ports, 'off')
  const answer = await askService<OffAnswer>(ports.root, { method: 'POST', path: '/v1/off' })
  return answer ?? offAnswer(await untune(openMachine(dir)))
}

/** The service stands in another folder than the shell that the operator typed in. */
function absolute({ profileDirs, ...choice }: ProfileChoice, { live }: Root): ProfileChoice {
  if (profileDirs === undefined) return choice
  return {
    ...choice,
    profileDirs: profileDirs.map((dir) => (live ? posix.resolve(dir) : posix.join('/', dir))),
  }
}
