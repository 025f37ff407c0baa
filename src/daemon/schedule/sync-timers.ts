import { InputError, type Place } from '../../core/errors.ts'
import { DEFAULT_SERVICE_CONFIG, type ServiceConfig } from '../../core/service/service-config.ts'
import type { Suite } from '../../core/suite/suite.ts'
import { isInstanceName } from '../../core/suite/suite-name.ts'
import type { Ports } from '../../host/ports.ts'
import type { Problem, ScheduledSuite } from '../service-state.ts'
import { checkCalendar, checkDelay } from './check-schedule.ts'
import { renderDropIn, type TimerDropIn } from './drop-in.ts'
import { type FoundDropIn, forgetLastRun, ownDropIns, removeDropIn, requireOurs } from './own-drop-ins.ts'
import { problemOf } from './problem.ts'
import { stopTimers, systemctl, timerStates } from './systemctl.ts'
import { dropInOf, suiteOfTimer, timerOfSuite, VERIFY_TIMER } from './timer-units.ts'

export interface SyncedTimers {
  /** the suites whose timers are in force, by name */
  schedule: ScheduledSuite[]
  problems: Problem[]
}

/** A timer as the configuration wants it. */
interface WantedTimer extends TimerDropIn {
  timer: string
  /** the option's name in `source` */
  option: string
  places: { onCalendar: Place; randomizedDelay: Place }
}

/**
 * Makes systemd's timers what the suites and the configuration say. The drop-ins are the service's own; others are left
 * alone, and so is one that is right already. A schedule that is refused is a problem, and the one before it stays in
 * force; so does the timer of a suite in `unreadable`, whose runs are then recorded as failed, and that of verify without a
 * `config`. Without one before, as after a reboot, verify gets the default: a machine that nobody looks at is worse.
 * Nothing is thrown for a systemd that refuses or is missing: that is a problem too.
 */
export async function syncTimers(
  config: ServiceConfig | null,
  suites: readonly Suite[],
  ports: Ports,
  unreadable: readonly string[] = [],
): Promise<SyncedTimers> {
  const { root, clock } = ports
  const problems: Problem[] = []
  const before = ownDropIns(root)
  const inForce = new Map<string, FoundDropIn>()
  const stays = [...unreadable.map(timerOfSuite), ...(config ? [] : [VERIFY_TIMER])]
  for (const timer of stays) if (before.has(timer)) inForce.set(timer, before.get(timer)!)
  const wantedOnes = wantedTimers(config ?? DEFAULT_SERVICE_CONFIG, suites)
  for (const wanted of wantedOnes.filter(({ timer }) => !inForce.has(timer))) {
    const { timer } = wanted
    const text = renderDropIn(wanted)
    const earlier = before.get(timer)
    try {
      if (earlier?.text !== text) await check(wanted, ports)
      inForce.set(timer, { ...wanted, text })
    } catch (error) {
      if (earlier) inForce.set(timer, earlier)
      problems.push(problemOf(error, clock.now(), earlier && `'${earlier.onCalendar}' stays in force.`))
    }
  }
  try {
    problems.push(...(await bringAbout(before, inForce, ports)))
  } catch (error) {
    problems.push(problemOf(error, clock.now()))
  }
  return { schedule: scheduleOf(ownDropIns(root)), problems }
}

function wantedTimers({ verifyOnCalendar: verify }: ServiceConfig, suites: readonly Suite[]): WantedTimer[] {
  const wanted = suites.flatMap((suite): WantedTimer[] => {
    const { name, path, onCalendar, randomizedDelay = null, onlyWhenIdle, schedulePlaces } = suite
    if (onCalendar === undefined) return []
    const places = { onCalendar: { file: path }, randomizedDelay: { file: path }, ...schedulePlaces }
    const timer = timerOfSuite(name)
    return [{ timer, source: path, option: 'on-calendar', onCalendar, randomizedDelay, onlyWhenIdle, places }]
  })
  if (verify) {
    const { expression: onCalendar, place } = verify
    const places = { onCalendar: place, randomizedDelay: place }
    const rest = { onCalendar, randomizedDelay: null, onlyWhenIdle: null, places }
    wanted.push({ timer: VERIFY_TIMER, source: place.file, option: 'verify', ...rest })
  }
  return wanted
}

/** @throws InputError, MachineError why this timer cannot be */
async function check(wanted: WantedTimer, { root, runner }: Ports): Promise<void> {
  const { timer, option, onCalendar, randomizedDelay, places } = wanted
  const suite = suiteOfTimer(timer)
  if (suite !== undefined && !isInstanceName(suite)) {
    throw new InputError({
      code: 'bad-suite-name',
      message: `a suite named ${JSON.stringify(suite)} cannot run by itself: a systemd unit cannot carry the name`,
      place: places.onCalendar,
      next: 'Rename the file: letters, digits, dots, dashes and underscores, at most 128.',
    })
  }
  requireOurs(timer, root)
  await checkCalendar(option, onCalendar, places.onCalendar, runner)
  if (randomizedDelay !== null) await checkDelay(randomizedDelay, places.randomizedDelay, runner)
}

/**
 * In this order, so that a service killed at any point finds at its next start what is left to do: a timer stops before
 * its drop-in goes, and one that is not active, or whose files systemd has not read, is told by systemd itself.
 * @throws MachineError
 */
async function bringAbout(
  before: ReadonlyMap<string, FoundDropIn>,
  inForce: ReadonlyMap<string, FoundDropIn>,
  ports: Ports,
): Promise<Problem[]> {
  const { root, runner, clock, log } = ports
  const gone = [...before.keys()].filter((timer) => !inForce.has(timer))
  const written = [...inForce].filter(([timer, { text }]) => before.get(timer)?.text !== text)
  const stopped = [...gone, ...written.map(([timer]) => timer).filter((timer) => before.has(timer))]
  await stopTimers(stopped, runner)
  for (const timer of gone) {
    removeDropIn(timer, root)
    forgetLastRun(timer, 'entirely', ports)
    log.write('info', `${timer} is no longer scheduled`, { was: before.get(timer)!.onCalendar })
  }
  for (const [timer, { text, onCalendar }] of written) {
    const earlier = before.get(timer)
    // Its first slot is in the future: by another calendar it has missed none.
    if (earlier) forgetLastRun(timer, 'from-now', ports)
    root.writeFile(dropInOf(timer), text)
    log.write('info', `${timer} is scheduled`, { was: earlier?.onCalendar ?? null, now: onCalendar })
  }
  const changed = gone.length + written.length > 0
  if (changed) await systemctl(runner, 'daemon-reload')
  const states = await timerStates([...inForce.keys()], runner)
  if (!changed && [...states.values()].some(({ stale }) => stale)) await systemctl(runner, 'daemon-reload')
  const problems: Problem[] = []
  for (const timer of inForce.keys()) {
    if (states.get(timer)?.active) continue
    try {
      // At a boot a timer starts after the clock is set, maybe minutes from now; what systemd refuses, it refuses at once.
      await systemctl(runner, 'start', '--no-block', '--', timer)
    } catch (error) {
      problems.push(problemOf(error, clock.now()))
    }
  }
  return problems
}

function scheduleOf(inForce: ReadonlyMap<string, FoundDropIn>): ScheduledSuite[] {
  return [...inForce].flatMap(([timer, { onCalendar, randomizedDelay, onlyWhenIdle }]) => {
    const suite = suiteOfTimer(timer)
    return suite === undefined
      ? []
      : [{ suite, onCalendar, randomizedDelay, onlyWhenIdle: onlyWhenIdle ?? true }]
  })
}
