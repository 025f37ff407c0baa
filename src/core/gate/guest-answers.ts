import * as v from 'valibot'
import { cpusOf } from '../cmdline/cpulist-value.ts'
import { parameterTexts } from '../cmdline/parse.ts'
import { CpuSet } from '../cpu/cpu-set.ts'
import { MachineError } from '../errors.ts'
import type { Link } from './link.ts'
import type { RunEvidence } from './run-evidence.ts'
import { RUN } from './run-schema.ts'
import type { VerifiedSetting } from './tuning-link.ts'

/** What a guest's `quietcore verify --json` says, as far as the chain asks. */
export interface GuestTuning {
  profile: string
  settings: readonly VerifiedSetting[]
  cmdline: string
}

/** What a guest's `quietcore status --json` says, as far as the chain asks. */
export interface GuestStatus {
  profile: string | null
  since: string | null
  /** of the settings that its profile asks for; undefined: an older quietcore */
  digest?: string | null | undefined
  /** what a crash cut short */
  interrupted: { operation: string } | null
}

/** A guest is another machine: what it sends is checked, not believed. */
const text = v.pipe(v.string(), v.maxLength(100_000))
const maybeText = v.nullable(text)
const TUNING = v.object({
  profile: text,
  settings: v.array(
    v.object({
      id: text,
      target: text,
      want: text,
      have: maybeText,
      state: v.picklist(['ok', 'differs', 'pending-reboot', 'unsupported', 'unreadable']),
      reason: v.exactOptional(text),
    }),
  ),
  cmdline: v.object({ running: text }),
})

const STATUS = v.object({
  profile: maybeText,
  since: maybeText,
  digest: v.optional(maybeText),
  interrupted: v.nullable(v.object({ operation: text })),
})

const phrases = v.pipe(v.array(text), v.maxLength(1000))
const GATE = v.object({
  links: v.array(
    v.object({
      kind: text,
      state: v.picklist(['pass', 'fail', 'undecided', 'absent']),
      evidence: phrases,
      next: phrases,
    }),
  ),
})

const ERROR = v.object({ error: v.object({ code: text, message: text, next: v.optional(text) }) })

/** @throws MachineError the guest's own error, or `guest-answer` */
export function readGuestTuning(stdout: string, guest: string): GuestTuning {
  const { profile, settings, cmdline } = read(TUNING, stdout, guest, 'verify')
  return { profile, settings, cmdline: cmdline.running }
}

/** The CPUs that the guest's running kernel isolates: as its sysfs shows them, else its command line. */
export function guestIsolated({ settings, cmdline }: GuestTuning): CpuSet {
  const shown = settings.find(({ target }) => target === '/sys/devices/system/cpu/isolated')?.have
  if (typeof shown === 'string' && /^[\d,\s-]*$/.test(shown)) return CpuSet.parse(shown)
  return cpusOf(parameterTexts(cmdline), 'isolcpus')?.cpus ?? CpuSet.empty
}

/** @throws MachineError the guest's own error, or `guest-answer` */
export function readGuestStatus(stdout: string, guest: string): GuestStatus {
  return read(STATUS, stdout, guest, 'status')
}

/** @throws MachineError the guest's own error, or `guest-answer` */
export function readGuestRun(stdout: string, guest: string): RunEvidence {
  return read(RUN, stdout, guest, 'run')
}

/**
 * The validation in a guest's own `quietcore gate --json`, as the link of that guest.
 * @throws MachineError the guest's own error, or `guest-answer`
 */
export function readGuestValidation(stdout: string, guest: string): Link {
  const found = read(GATE, stdout, guest, 'gate').links.find(({ kind }) => kind === 'validation')
  // A validation that was left out must not let the chain pass.
  if (found === undefined || found.state === 'absent')
    throw notAnswered(guest, 'gate', 'without a link on its validation')
  const { state, evidence, next } = found
  const of = next.map((step) => `in ${guest}: ${step}`)
  return { kind: 'guest-validation', subject: guest, state, evidence, next: of }
}

function read<T>(
  schema: v.BaseSchema<unknown, T, v.BaseIssue<unknown>>,
  stdout: string,
  guest: string,
  what: string,
): T {
  const value = parse(stdout)
  if (v.is(ERROR, value)) {
    const { code, message, next } = value.error
    throw new MachineError({
      code,
      message: `quietcore in ${guest} says: ${message}`,
      ...(next === undefined ? {} : { next: `In ${guest}: ${next}` }),
    })
  }
  const found = v.safeParse(schema, value)
  if (found.success) return found.output
  const { path, message } = found.issues[0]
  const where = path?.map(({ key }) => String(key)).join('.') ?? 'the answer'
  throw notAnswered(
    guest,
    what,
    value === undefined ? 'with no JSON' : `with something else (${where}: ${message})`,
  )
}

function notAnswered(guest: string, what: string, how: string): MachineError {
  return new MachineError({
    code: 'guest-answer',
    message: `the guest ${guest} answered the question for its ${what} ${how}`,
    next: `Install in ${guest} the version of quietcore that this host has.`,
  })
}

/** The JSON object in what was printed; a login shell may print before it. undefined: none. */
function parse(stdout: string): unknown {
  const start = /^\{/m.exec(stdout)?.index
  if (start === undefined) return undefined
  try {
    return JSON.parse(stdout.slice(start))
  } catch {
    // What is cut or followed by other text is no answer; the caller says so.
    return undefined
  }
}
