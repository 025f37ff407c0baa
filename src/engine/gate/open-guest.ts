import type { GuestAddress } from '../../core/gate/guest-address.ts'
import { agentGuest } from '../../host/guest/agent.ts'
import type { Guest } from '../../host/guest/guest.ts'
import { sshGuest } from '../../host/guest/ssh.ts'
import type { Runner } from '../../host/ports.ts'
import { openRoot } from '../../host/root.ts'
import { openRunner } from '../../host/runner.ts'
import type { GateRequest } from './gate-request.ts'

/** The agent is libvirt's of the machine; a guest by ssh is reached from where the operator sits, keys and all. */
export function openGuest(address: GuestAddress, request: GateRequest, runner: Runner): Guest {
  if (address.by === 'agent') return agentGuest(address, runner, request.connect)
  return sshGuest(address, openRunner(openRoot('/')), request.sshOptions)
}
