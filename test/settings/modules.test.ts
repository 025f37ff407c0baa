import { expect, test } from 'vitest'
import { openMachine } from '../../src/engine/open-machine.ts'
import { modules } from '../../src/settings/modules.ts'
import { machineDir } from '../support/machine-dir.ts'
import { makeMachine } from '../support/made-machine.ts'
import { unitOf } from '../support/unit-of.ts'

test('a comma between parameters is no part of a value, one between values is', () => {
  const unit = unitOf('modules', {
    kvm_intel: 'nested=1, ple_gap=0 ,',
    'vfio-pci': 'ids=8086:154d,8086:1572',
  })
  const machine = openMachine(makeMachine(machineDir().dir, { cpus: 2 }))
  expect(modules.settings(unit, machine).settings.at(-1)?.want).toBe(
    `# Written by quietcore; \`quietcore off\` takes it away. Your own options belong in another file.
options kvm_intel nested=1 ple_gap=0
options vfio-pci ids=8086:154d,8086:1572
`,
  )
})
