import { fstatSync, writeSync } from 'node:fs'
import pino from 'pino'
import { hideSecretFields, hideSecrets } from '../core/hide-secrets.ts'
import type { Log, LogLevel } from './ports.ts'

/** sd-daemon(3): the priority of a line that goes to the journal. */
const PRIORITY: Record<LogLevel, number> = { debug: 7, info: 6, warn: 4, error: 3 }

export interface ServiceLog extends Log {
  setLevel(least: LogLevel): void
}

/**
 * The service's log: one line an event on stderr, `message name=value…`. With `<N>` in front where stderr is the journal
 * ($JOURNAL_STREAM names it). Written at once and by no thread of its own.
 */
export function serviceLog(least: LogLevel, env: NodeJS.ProcessEnv = process.env, fd = 2): ServiceLog {
  const prefix = isJournal(env.JOURNAL_STREAM, fd)
  const logger = pino(
    {
      level: least,
      base: null,
      timestamp: false,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => writeLine(fd, toText(line, prefix)) },
  )
  return {
    write: (level, message, fields = {}) =>
      logger[level]({ fields: hideSecretFields(message, fields) }, hideSecrets(message)),
    setLevel(level) {
      logger.level = level
    },
  }
}

function toText(json: string, prefix: boolean): string {
  const { level, msg, fields } = JSON.parse(json) as {
    level: LogLevel
    msg: string
    fields: Record<string, unknown>
  }
  const named = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  const word = prefix || level === 'info' ? '' : `${level}: `
  return `${prefix ? `<${PRIORITY[level]}>` : 'quietcore: '}${word}${oneLine(msg)}${named.join('')}\n`
}

/** What stands in a file of somebody must not begin a line of its own in the journal. */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** `DEVICE:INODE` of the stream (systemd.exec(5)): it is inherited by programs whose stderr is something else. */
function isJournal(stream: string | undefined, fd: number): boolean {
  if (stream === undefined) return false
  try {
    const { dev, ino } = fstatSync(fd)
    return stream === `${dev}:${ino}`
  } catch {
    return false
  }
}

function writeLine(fd: number, line: string): void {
  try {
    writeSync(fd, line)
  } catch {
    // Nobody reads any more, or the disk of the log is full: the work goes on.
  }
}
