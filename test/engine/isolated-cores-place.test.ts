import { expect, it } from 'vitest'
import { openMachine } from '../../src/engine/open-machine.ts'
import { planFor } from '../../src/engine/plan-for.ts'
import { serviceMachine } from '../support/daemon.ts'

const VARIABLES = '/etc/quietcore/realtime-virtual-host-variables.conf'

it('CPUs that cannot be isolated are named with the file and line that asked for them', async () => {
  const machine = serviceMachine()
  machine.write(VARIABLES, '# of this host\nisolated_cores=1-9\n')
  const choice = { name: 'realtime-virtual-host', overrides: {} }
  await expect(
    (async () => planFor(choice, openMachine(machine.dir, { write: () => {} })))(),
  ).rejects.toMatchObject({ code: 'unknown-cpu', place: { file: VARIABLES, line: 2 } })
})
