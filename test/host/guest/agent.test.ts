import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MachineError } from '../../../src/core/errors.ts'
import { agentGuest } from '../../../src/host/guest/agent.ts'
import type { Guest } from '../../../src/host/guest/guest.ts'
import { AGENT_MISSING, type GuestAgent, startAgent } from '../../support/guest-agent.ts'

const ADDRESS = { name: 'du-1', by: 'agent', domain: 'guest' } as const

async function refusal(of: Promise<unknown>): Promise<object> {
  const error = await of.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof MachineError)) throw new Error(`no MachineError: ${error}`)
  const { code, message, next } = error
  return { code, message, ...(next === undefined ? {} : { next }) }
}

describe.skipIf(AGENT_MISSING !== '')(`a real QEMU guest agent${AGENT_MISSING}`, () => {
  let agent: GuestAgent
  let guest: Guest
  let dir: string
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'quietcore-agent-test-'))
    agent = await startAgent()
    guest = agentGuest(ADDRESS, agent.runner)
  })
  afterAll(async () => {
    await agent?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  test('runs a program with its words as they are, no shell between', async () => {
    const words = ['a b', "it's", '$HOME `id`', '"', 'ü €', '']
    const printed = await guest.run(['printf', '%s|', ...words])
    expect(printed).toEqual({ exitCode: 0, stdout: `${words.join('|')}|`, stderr: '' })
  })

  test('gives exit code, stdout and stderr, also of one that takes its time and says much', async () => {
    const script = 'sleep 0.5; seq 200000; echo trouble >&2; exit 4'
    const { exitCode, stdout, stderr } = await guest.run(['sh', '-c', script])
    expect([exitCode, stderr, stdout.length, stdout.endsWith('\n200000\n')]).toEqual([
      4,
      'trouble\n',
      1_288_895,
      true,
    ])
  })

  test.each(['timeout', 'signal'] as const)('ends what runs in the guest on a %s', async (how) => {
    const pidFile = join(dir, how)
    const words = ['sh', '-c', `echo $$ > ${pidFile}; exec sleep 300`]
    const options = how === 'timeout' ? { timeoutMs: 1500 } : { signal: AbortSignal.timeout(1500) }
    expect(await refusal(guest.run(words, options))).toEqual(
      how === 'timeout'
        ? {
            code: 'guest-timeout',
            message: 'the guest du-1 did not answer within 2 s',
            next: 'See whether it hangs or is overloaded, then try again.',
          }
        : {
            code: 'interrupted',
            message: 'the wait for the guest du-1 was interrupted; a measurement there may still go on',
          },
    )
    const process = `/proc/${readFileSync(pidFile, 'utf8').trim()}/stat`
    // a zombie until the agent looks at it
    const runs = () => existsSync(process) && !/\) Z /.test(readFileSync(process, 'utf8'))
    for (const limit = Date.now() + 10_000; runs() && Date.now() < limit; ) await sleep(50)
    expect(runs()).toBe(false)
  })

  test('says what the agent said of a program that is not there', async () => {
    expect(await refusal(guest.run(['/nonexistent/quietcore']))).toMatchObject({
      code: 'guest-agent',
      message: expect.stringMatching(
        /^the agent in du-1 \(domain guest\) refused: internal error: .*\/nonexistent\/quietcore/,
      ),
    })
  })

  test('says that the domain is not there', async () => {
    const other = agentGuest({ ...ADDRESS, domain: 'other' }, agent.runner)
    expect(await refusal(other.run(['true']))).toEqual({
      code: 'guest-agent',
      message: "the agent in du-1 (domain other) refused: failed to get domain 'other'",
      next: "Check that the domain 'other' runs, has <channel> org.qemu.guest_agent.0, and that qemu-guest-agent runs in it.",
    })
  })
})

test.skipIf(AGENT_MISSING !== '')(
  `an agent that may not run programs is told of with what allows it${AGENT_MISSING}`,
  async () => {
    const agent = await startAgent('--blacklist=guest-exec')
    try {
      expect(await refusal(agentGuest(ADDRESS, agent.runner).run(['true']))).toMatchObject({
        code: 'guest-agent',
        message: expect.stringContaining('has been disabled'),
        next: expect.stringMatching(/^Let the agent take guest-exec and guest-exec-status/),
      })
    } finally {
      await agent.stop()
    }
  },
)
