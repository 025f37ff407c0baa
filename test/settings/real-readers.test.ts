import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { modprobeText } from '../../src/settings/modprobe.ts'
import { machineDir } from '../support/machine-dir.ts'

const hasModprobe = spawnSync('modprobe', ['--version']).status === 0

it.skipIf(!hasModprobe)('modprobe itself reads our file as it is meant (needs the package kmod)', () => {
  const wishes = [
    { module: 'kvm', parameter: 'halt_poll_ns', value: '0' },
    { module: 'kvm_amd', parameter: 'avic', value: 'Y' },
    { module: 'kvm', parameter: 'lapic_timer_advance_ns', value: '-1' },
  ]
  const { dir } = machineDir({ '/etc/modprobe.d/quietcore.conf': modprobeText(wishes) })
  // It reads the running kernel's command line too, so only lines of our modules count.
  const shown = spawnSync('modprobe', ['--showconfig', '--config', join(dir, 'etc/modprobe.d')], {
    encoding: 'utf8',
  })
  expect(shown.stderr).toBe('')
  expect(shown.stdout.split('\n').filter((line) => line.startsWith('options kvm'))).toEqual([
    'options kvm halt_poll_ns=0 lapic_timer_advance_ns=-1',
    'options kvm_amd avic=Y',
  ])
})
