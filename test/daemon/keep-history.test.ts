import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DEFAULT_SERVICE_CONFIG } from '../../src/core/service/service-config.ts'
import { keepHistory } from '../../src/daemon/keep-history.ts'
import { machineDir } from '../support/machine-dir.ts'
import { madeParts } from '../support/made-parts.ts'

it('runs that cannot be listed are one problem, and nothing is thrown', () => {
  const { dir, ports } = machineDir()
  const { board } = madeParts(ports, {})
  mkdirSync(join(dir, 'var/lib/quietcore'), { recursive: true })
  symlinkSync('runs', join(dir, 'var/lib/quietcore/runs'))
  keepHistory(DEFAULT_SERVICE_CONFIG, ports, board)
  expect(board.problems.list()).toEqual([
    {
      code: 'too-many-links',
      message: '/var/lib/quietcore/runs is a loop of symbolic links',
      place: { file: '/var/lib/quietcore/runs' },
      since: '2026-11-22T12:00:00.000Z',
    },
  ])
})
