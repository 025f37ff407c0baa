/** Names of the timers whose calendar the service owns, and of the files that carry it. */

/** Volatile: made again at each start of the service. The time of the last run is systemd's, in STAMP_FOLDER. */
const UNIT_FOLDER = '/run/systemd/system'
/** systemd.timer(5), Persistent=: an empty file per timer, its modification time is the last run. */
const STAMP_FOLDER = '/var/lib/systemd/timers'
const DROP_IN = '50-quietcore.conf'

export const VERIFY_TIMER = 'quietcore-verify.timer'

/** Every drop-in that can be ours. */
export const DROP_IN_PATTERNS = [
  `${UNIT_FOLDER}/quietcore-validate@*.timer.d/${DROP_IN}`,
  dropInOf(VERIFY_TIMER),
] as const

export function timerOfSuite(suite: string): string {
  return `quietcore-validate@${suite}.timer`
}

/** undefined for the timer of verify */
export function suiteOfTimer(timer: string): string | undefined {
  return /^quietcore-validate@(.+)\.timer$/.exec(timer)?.[1]
}

export function dropInOf(timer: string): string {
  return `${UNIT_FOLDER}/${timer}.d/${DROP_IN}`
}

export function timerOfDropIn(path: string): string {
  return path.slice(UNIT_FOLDER.length + 1, -`.d/${DROP_IN}`.length)
}

export function stampOf(timer: string): string {
  return `${STAMP_FOLDER}/stamp-${timer}`
}
