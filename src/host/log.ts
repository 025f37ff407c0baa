import { hideSecretFields, hideSecrets } from '../core/hide-secrets.ts'
import type { Log, LogLevel } from './ports.ts'

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** One line an event on stderr, for the command line. */
export function stderrLog(least: LogLevel): Log {
  return {
    write(level, message, fields = {}) {
      if (ORDER[level] < ORDER[least]) return
      const rest = Object.entries(hideSecretFields(message, fields)).map(
        ([name, value]) => ` ${name}=${JSON.stringify(value)}`,
      )
      process.stderr.write(
        `quietcore: ${level === 'info' ? '' : `${level}: `}${hideSecrets(message)}${rest.join('')}\n`,
      )
    },
  }
}
