import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { observe } from '../../src/engine/observe.ts'
import { openMachine } from '../../src/engine/open-machine.ts'
import { knobFor } from '../../src/knobs/knobs.ts'
import type { Machine } from '../../src/settings/kind.ts'
import { KINDS, kindOf } from '../../src/settings/kinds.ts'
import { machineDir } from '../support/machine-dir.ts'
import { makeMachine } from '../support/made-machine.ts'
import { listTree } from '../support/tree.ts'
import { CASES, type Case } from './cases.ts'

const golden = (name: string) => join(import.meta.dirname, '../golden/settings', `${name}.json`)

/** Four CPUs, two NUMA nodes, and what the case adds. */
function machineOf({ files, modes = {}, vendor, cmdline }: Case): Machine {
  const { dir } = machineDir()
  makeMachine(dir, {
    cpus: 4,
    nodes: 2,
    files,
    ...(vendor === undefined ? {} : { vendor }),
    ...(cmdline === undefined ? {} : { cmdline }),
  })
  for (const [path, mode] of Object.entries(modes)) chmodSync(join(dir, path), mode)
  return openMachine(dir)
}

function plan(one: Case, machine: Machine) {
  const variables = new Map(Object.entries(one.variables ?? {}))
  return kindOf(one.unit.type)!.settings(one.unit, machine, variables)
}

describe('a section of a profile on a made machine', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('%s becomes these settings', async (name, one) => {
    const machine = machineOf(one)
    const { settings, warnings } = plan(one, machine)
    const observed = await observe(settings, machine.ports, [])
    const shown = {
      settings: observed.map(({ setting, have, state, reason }) => ({
        ...setting,
        have,
        state,
        ...(reason ? { reason } : {}),
      })),
      warnings,
    }
    await expect(`${JSON.stringify(shown, undefined, 2)}\n`).toMatchFileSnapshot(golden(name))
  })

  it.each(CASES.map((one) => [one.name, one] as const))(
    '%s: planning and looking change nothing',
    async (_name, one) => {
      const machine = machineOf(one)
      const before = listTree(machine.ports.root.dir)
      await observe(plan(one, machine).settings, machine.ports, [])
      expect(listTree(machine.ports.root.dir)).toEqual(before)
    },
  )

  it.each(CASES.map((one) => [one.name, one] as const))('%s: ids are unique', (_name, one) => {
    const ids = plan(one, machineOf(one)).settings.map(({ id }) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it('has a case for every kind that is not tested in its own file', () => {
    const own = ['bootloader', 'scheduler']
    const types = new Set(CASES.map(({ unit }) => unit.type))
    expect(KINDS.map(({ type }) => type).filter((type) => !types.has(type) && !own.includes(type))).toEqual(
      [],
    )
  })
})

describe('every setting of every kind', () => {
  it.each(CASES.map((one) => [one.name, one] as const))(
    '%s: written it is as wanted, restored every byte is back',
    async (_name, one) => {
      const machine = machineOf(one)
      const { ports } = machine
      const before = listTree(ports.root.dir)
      const { settings } = plan(one, machine)
      const differing = (await observe(settings, ports, [])).filter(
        ({ state, setting }) => state === 'differs' && setting.carriedBy === undefined,
      )
      const done = []
      for (const { setting } of differing) {
        const knob = knobFor(setting.knob)
        const earlier = await knob.capture(setting.knob, ports)
        const wrote = await knob.write(setting.knob, setting.write ?? setting.want, ports)
        done.push({ setting, knob, earlier, wrote })
      }
      const after = await observe(settings, ports, [])
      expect(after.filter(({ state }) => state === 'differs')).toEqual([])
      for (const { setting, knob, earlier, wrote } of done.toReversed()) {
        expect(await knob.restore(setting.knob, earlier, wrote, ports)).toEqual({ outcome: 'restored' })
      }
      expect(listTree(ports.root.dir)).toEqual(before)
    },
  )
})
