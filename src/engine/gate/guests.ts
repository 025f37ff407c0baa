import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import { MachineError } from '../../core/errors.ts'
import { failedLink } from '../../core/gate/failed-link.ts'
import {
  guestIsolated,
  readGuestRun,
  readGuestStatus,
  readGuestTuning,
  readGuestValidation,
} from '../../core/gate/guest-answers.ts'
import type { Link } from '../../core/gate/link.ts'
import type { RunEvidence } from '../../core/gate/run-evidence.ts'
import type { ClockOffset } from '../../core/gate/side-by-side.ts'
import { tuningLink } from '../../core/gate/tuning-link.ts'
import { type Present, validationLink } from '../../core/gate/validation-link.ts'
import type { Guest } from '../../host/guest/guest.ts'
import type { Clock } from '../../host/ports.ts'
import type { ValidationRequest } from './gate-request.ts'

/** For everything but a measurement, which lasts as long as its suite. */
const ANSWER_MS = 300_000

/** How a guest's quietcore is asked. */
export interface GuestQuestion {
  guest: Guest
  /** program and first arguments */
  command: readonly string[]
  clock: Clock
  signal?: AbortSignal
}

/** What a guest says of its tuning. */
export interface GuestLook {
  link: Link
  /** undefined: not known */
  isolated: CpuSet | undefined
  present: Present
}

/** The guest's own verify, and what it knows of its profile. */
export async function lookAtGuest(question: GuestQuestion): Promise<GuestLook> {
  const { name } = question.guest
  const unknown = {
    profile: null,
    kernelRelease: null,
    cmdline: null,
    bootId: null,
    since: null,
    digest: null,
    isolated: null,
  }
  try {
    const status = readGuestStatus(await ask(question, ['status']), name)
    const tuning = readGuestTuning(await ask(question, ['verify']), name)
    const isolated = guestIsolated(tuning)
    const { profile, cmdline } = tuning
    const { since, digest = null, interrupted } = status
    return {
      link: interrupted ? cutShort(name, interrupted.operation) : tuningLink(name, profile, tuning.settings),
      isolated,
      present: { ...unknown, profile, cmdline, since, digest, isolated },
    }
  } catch (error) {
    return { link: failedLink('guest-tuning', name, error), isolated: undefined, present: unknown }
  }
}

function cutShort(guest: string, operation: string): Link {
  return {
    kind: 'guest-tuning',
    subject: guest,
    state: 'undecided',
    evidence: [`an ${operation} in ${guest} did not end`],
    next: [`quietcore recover in ${guest} settles it`],
  }
}

/** A guest's run, as a link and as evidence. */
export interface GuestRunLook {
  link: Link
  /** null: none was made now */
  run: RunEvidence | null
  clock: ClockOffset | null
}

/** The guest's last run, or a new one. */
export async function guestValidation(
  question: GuestQuestion,
  request: ValidationRequest,
  suite: string,
  present: Present,
): Promise<GuestRunLook> {
  const { name } = question.guest
  try {
    if (request.kind === 'kept') return { link: await keptLink(question, request), run: null, clock: null }
    const clock = await clockOffset(question)
    const run = readGuestRun(await ask(question, ['validate', suite], null), name)
    const now = question.clock.now()
    const link = validationLink({ guest: name, run, present, asks: null, now, maxAgeS: request.maxAgeS })
    return { link, run, clock }
  } catch (error) {
    return { link: failedLink('guest-validation', name, error), run: null, clock: null }
  }
}

/** The guest holds its kept runs against its own suites and profile, which are not here: its gate has that link. */
async function keptLink(question: GuestQuestion, { suite, maxAgeS }: ValidationRequest): Promise<Link> {
  const elsewhere = ['nova-conf', 'flavors', 'domains'].flatMap((link) => ['--skip', link])
  const ofSuite = suite === undefined ? [] : ['--suite', suite]
  const answer = await ask(question, ['gate', ...elsewhere, ...ofSuite, '--max-age', `${maxAgeS}s`])
  return readGuestValidation(answer, question.guest.name)
}

/** Half of the round trip is how well it can be known (RFC 5905, section 8, without its filters). */
async function clockOffset({ guest, clock, signal }: GuestQuestion): Promise<ClockOffset | null> {
  const before = clock.now().getTime()
  const { stdout } = await guest.run(['date', '-u', '+%s.%N'], options(ANSWER_MS, signal))
  const after = clock.now().getTime()
  const seconds = /^(\d{9,11}\.\d{1,9})$/m.exec(stdout)?.[1]
  if (seconds === undefined) return null
  const withinMs = (after - before) / 2
  return { aheadMs: Math.round(Number(seconds) * 1000 - (before + withinMs)), withinMs: Math.ceil(withinMs) }
}

/** stdout of the guest's quietcore. Exit codes 1 and 4 are answers; 2 and 3 come with their error as JSON. */
async function ask(
  { guest, command, signal }: GuestQuestion,
  words: readonly string[],
  timeoutMs: number | null = ANSWER_MS,
): Promise<string> {
  const argv = [...command, ...words, '--json']
  const { exitCode, stdout, stderr } = await guest.run(argv, options(timeoutMs, signal))
  if (stdout.trim() !== '') return stdout
  const lines = stderr.trim().split('\n')
  // Node.js ends the trace of a crash with its version.
  const said = lines.find((line) => /error/i.test(line)) ?? lines.at(-1)
  throw new MachineError({
    code: 'guest-quietcore',
    message: `'${argv.join(' ')}' in ${guest.name} ended with ${exitCode ?? 'a signal'} and printed nothing${said ? `: ${said}` : ''}`,
    next: `Install quietcore in ${guest.name}, or say with --guest-command how it is called there ('sudo quietcore').`,
  })
}

function options(timeoutMs: number | null, signal: AbortSignal | undefined) {
  return { ...(timeoutMs === null ? {} : { timeoutMs }), ...(signal === undefined ? {} : { signal }) }
}
