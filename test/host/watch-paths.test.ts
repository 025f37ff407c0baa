import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openPorts } from '../../src/engine/open-ports.ts'
import { watchPaths } from '../../src/host/watch-paths.ts'

const FOLDER = '/etc/quietcore/profiles/quiet'
const FILE = `${FOLDER}/profile.conf`

/** Ways to change what stands in FILE, as editors, configuration management and people do. */
const WAYS: Readonly<Record<string, (dir: string, text: string) => void>> = {
  written(dir, text) {
    writeFileSync(join(dir, FILE), text)
  },
  'replaced by a rename'(dir, text) {
    writeFileSync(join(dir, `${FILE}.new`), text)
    renameSync(join(dir, `${FILE}.new`), join(dir, FILE))
  },
  'in a folder that was removed and made again'(dir, text) {
    rmSync(join(dir, FOLDER), { recursive: true })
    mkdirSync(join(dir, FOLDER))
    writeFileSync(join(dir, FILE), text)
  },
  'in a folder whose parents were removed and made again'(dir, text) {
    rmSync(join(dir, '/etc/quietcore'), { recursive: true })
    mkdirSync(join(dir, FOLDER), { recursive: true })
    writeFileSync(join(dir, FILE), text)
  },
  'in a folder that was replaced by a rename'(dir, text) {
    mkdirSync(join(dir, `${FOLDER}.new`))
    writeFileSync(join(dir, `${FOLDER}.new`, 'profile.conf'), text)
    renameSync(join(dir, FOLDER), join(dir, `${FOLDER}.old`))
    renameSync(join(dir, `${FOLDER}.new`), join(dir, FOLDER))
    rmSync(join(dir, `${FOLDER}.old`), { recursive: true })
  },
  'behind a new link'(dir, text) {
    mkdirSync(join(dir, 'srv'), { recursive: true })
    writeFileSync(join(dir, 'srv', text), text)
    rmSync(join(dir, FILE))
    symlinkSync(`../../../../srv/${text}`, join(dir, FILE))
  },
}

interface Watched {
  readonly dir: string
  told: number
  set(path: string): void
}

/** A made machine whose FILE is watched, and how often its change was told. */
function watchedMachine(): Watched {
  const dir = mkdtempSync(join(tmpdir(), 'quietcore-watch-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  mkdirSync(join(dir, FOLDER), { recursive: true })
  writeFileSync(join(dir, FILE), 'first')
  const watched: Watched = { dir, told: 0, set: (path) => watch.set([path]) }
  const watch = watchPaths(openPorts(dir).root, () => watched.told++)
  onTestFinished(() => watch.close())
  watch.set([FILE])
  return watched
}

async function toldOf(watched: Watched, how?: string): Promise<void> {
  const end = performance.now() + 10_000
  while (watched.told === 0 && performance.now() < end) await pause(5)
  expect(watched.told, how).toBeGreaterThan(0)
}

describe('a watched file that is changed again and again', () => {
  it('is told of after its last change, however close together and in whatever way', async () => {
    const watched = watchedMachine()
    const step = fc.record({
      way: fc.constantFrom(...Object.keys(WAYS)),
      pauseMs: fc.constantFrom(0, 0, 1, 5, 20, 60, 120, 250),
    })
    let count = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        for (const { way, pauseMs } of steps) {
          await pause(pauseMs)
          watched.told = 0
          WAYS[way]!(watched.dir, `text-${count++}`)
        }
        await toldOf(watched, JSON.stringify(steps))
      }),
      { numRuns: 100, endOnFailure: true },
    )
  })

  it('is told of as a link to itself, and as the file that takes its place', async () => {
    const watched = watchedMachine()
    rmSync(join(watched.dir, FILE))
    symlinkSync('profile.conf', join(watched.dir, FILE))
    await toldOf(watched)
    await pause(300)
    watched.told = 0
    watched.set(FILE)
    writeFileSync(join(watched.dir, `${FILE}.new`), 'a file again')
    renameSync(join(watched.dir, `${FILE}.new`), join(watched.dir, FILE))
    await toldOf(watched)
  })

  it('is told of no more when it is at rest', async () => {
    const watched = watchedMachine()
    for (const [index, way] of Object.values(WAYS).entries()) way(watched.dir, `text-${index}`)
    await pause(1500)
    watched.told = 0
    writeFileSync(join(watched.dir, 'etc/passwd'), 'another file of a folder above')
    await pause(1500)
    expect(watched.told).toBe(0)
  })
})
