import { InputError, type Place } from '../errors.ts'
import { type Option, parseSections, type Section } from '../suite/sections.ts'
import { DEFAULT_SERVICE_CONFIG, DRIFT, SERVICE_CONFIG, type ServiceConfig } from './service-config.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

type Reader = (option: Option, config: ServiceConfig) => void

/** Every section with its options, and what each one sets. */
const SECTIONS: Record<string, Record<string, Reader>> = {
  service: {
    profile: ({ value, place }, config) => {
      if (value === '') throw bad('profile = names no profile', place, 'Remove the line, or name one.')
      config.profile = { name: value, place }
    },
    drift: (option, config) => {
      config.drift = oneOf(option, DRIFT)
    },
    verify: ({ value, place }, config) => {
      if (value === '') throw bad('verify = is empty', place, "Write a calendar such as 'hourly', or 'off'.")
      if (value === 'off') delete config.verifyOnCalendar
      else config.verifyOnCalendar = { expression: value, place }
    },
    'log-level': (option, config) => {
      config.logLevel = oneOf(option, LEVELS)
    },
  },
  history: {
    'keep-runs': (option, config) => {
      config.keepRuns = wholeNumber(option, 1_000_000)
    },
    'keep-days': (option, config) => {
      config.keepDays = wholeNumber(option, 36_500)
    },
  },
}

/**
 * Reads `quietcore.conf`; what it does not say has its default.
 * @throws InputError `bad-service-config` and those of `parseSections`, with file and line
 */
export function parseServiceConfig(text: string, file: string = SERVICE_CONFIG): ServiceConfig {
  const config: ServiceConfig = { ...DEFAULT_SERVICE_CONFIG }
  for (const section of parseSections(file, text)) {
    const readers = readersOf(section)
    for (const option of section.options) {
      const read = Object.hasOwn(readers, option.key) ? readers[option.key] : undefined
      if (!read) {
        const known = `It has: ${Object.keys(readers).join(', ')}.`
        throw bad(`'${option.key}' is no option of [${section.type}]`, option.place, known)
      }
      read(option, config)
    }
  }
  return config
}

function readersOf({ type, label, place }: Section): Record<string, Reader> {
  if (label === undefined && Object.hasOwn(SECTIONS, type)) return SECTIONS[type]!
  const known = Object.keys(SECTIONS).map((name) => `[${name}]`)
  const name = label === undefined ? type : `${type} ${label}`
  throw bad(`[${name}] is no section of quietcore.conf`, place, `It has ${known.join(' and ')}.`)
}

function oneOf<T extends string>({ key, value, place }: Option, words: readonly T[]): T {
  const word = words.find((one) => one === value)
  if (word !== undefined) return word
  throw bad(`${key} = ${value}: wanted one of ${words.join(', ')}`, place)
}

function wholeNumber({ key, value, place }: Option, most: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (number >= 1 && number <= most) return number
  throw bad(`${key} = ${value}: wanted a whole number from 1 to ${most}`, place)
}

function bad(message: string, place: Place, next?: string): InputError {
  return new InputError({
    code: 'bad-service-config',
    message,
    place,
    ...(next !== undefined && { next }),
  })
}
