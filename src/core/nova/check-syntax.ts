import { nearest } from '../profile/nearest.ts'
import {
  EXTRA_SPECS,
  type ExtraSpec,
  extraSpecOf,
  isCheckedNamespace,
  type ValueType,
} from './extra-spec-table.ts'
import { isBooleanWord, pythonInt } from './python-values.ts'
import { type Release, SINCE } from './release.ts'

/** Why the API of a release answers 400, and what to write instead. */
export interface SyntaxFault {
  code: 'unknown-key' | 'not-in-release' | 'bad-value' | 'too-long'
  message: string
  fix?: string
}

/** nova/api/openstack/compute/schemas: keys and values of extra specs have at most 255 characters. */
const LONGEST = 255

/**
 * Holds one extra spec against what nova's API takes from microversion 2.86 on; undefined when it is taken.
 * No server is asked. Releases before Ussuri check nothing; what is said here is then what they let pass.
 */
export function checkSyntax(key: string, value: string, release: Release): SyntaxFault | undefined {
  if (key.length > LONGEST || value.length > LONGEST) {
    return { code: 'too-long', message: `a key or value may have ${LONGEST} characters at most` }
  }
  const spec = extraSpecOf(key)
  if (spec === undefined) return unknownKey(key)
  if (spec.bootOnly) return bootOnly(key, release)
  if (spec.since !== undefined && spec.since > release.major) return later(key, spec.since, release)
  return checkValue(spec, value, release)
}

/** Answers a value that a type does not take; undefined when it does. */
function checkValue(spec: ExtraSpec, value: string, release: Release): SyntaxFault | undefined {
  const since = spec.wordSince?.[value]
  if (since !== undefined && since > release.major) return laterWord(`${spec.key}=${value}`, since, release)
  if (takes(spec.value, value)) return undefined
  return {
    code: 'bad-value',
    message: `'${value}' is not what nova takes for ${spec.key}: ${wanted(spec.value)}`,
    ...(fixFor(spec, value) ?? {}),
  }
}

function takes(type: ValueType, value: string): boolean {
  switch (type.kind) {
    case 'bool':
      return isBooleanWord(value)
    case 'int': {
      const number = pythonInt(value)
      return number !== undefined && number >= (type.min ?? -Infinity) && number <= (type.max ?? Infinity)
    }
    case 'word':
      return type.words.includes(value)
    case 'cpu-mask':
      // Takes what nova's expression takes, without its exponential backtracking.
      return /^\^?\d+(?:-\d+|,\^?\d+)*$/.test(value)
    case 'page-size':
      return /^(?:large|small|any|\d+(?:[kKMGT]i?)?(?:b|bit|B)?)$/.test(value)
    case 'pmem':
      return /^[a-zA-Z0-9_]+(?:,[a-zA-Z0-9_]+)*,?$/.test(value)
    case 'pci-alias':
      return value.split(',').every((one) => /^[^:]+:\d+$/.test(one.trim()))
    case 'text':
      return true
  }
}

function wanted(type: ValueType): string {
  switch (type.kind) {
    case 'bool':
      return 'a word such as true, false, yes, no, 1, 0'
    case 'int':
      return `an integer${type.min === undefined ? '' : ` from ${type.min}`}${type.max === undefined ? '' : ` to ${type.max}`}`
    case 'word':
      return `one of ${type.words.join(', ')}`
    case 'cpu-mask':
      return "CPU numbers and ranges without blanks, '^' before those to leave out, such as ^0-1 or 2-7"
    case 'page-size':
      return 'small, large, any or a size such as 2MB, 1GB, 1048576 (KiB)'
    case 'pmem':
      return 'names split by commas'
    case 'pci-alias':
      return 'name:count pairs split by commas'
    case 'text':
      return 'any text'
  }
}

function fixFor({ key, value: type }: ExtraSpec, value: string): { fix: string } | undefined {
  if (type.kind === 'cpu-mask' && value.includes(' ')) return { fix: `${key}=${value.replaceAll(' ', '')}` }
  if (type.kind === 'bool' && value.trim().toLowerCase() === 'enabled') return { fix: `${key}=true` }
  return undefined
}

/** Validated by name in no release: nova reads these at the boot, and its API's list has them under another name. */
function bootOnly(key: string, release: Release): SyntaxFault | undefined {
  if (release.major < SINCE.apiValidation) return undefined
  return {
    code: 'unknown-key',
    message: `the API answers 400 to '${key}' from microversion 2.86 on; below it the key is stored, and the boot reads it`,
    fix: `${key}, set with a microversion below 2.86`,
  }
}

function unknownKey(key: string): SyntaxFault | undefined {
  const colon = key.indexOf(':')
  if (colon < 0 || !isCheckedNamespace(key.slice(0, colon))) return undefined
  const close = nearest(
    key,
    EXTRA_SPECS.filter(({ bootOnly }) => !bootOnly).map((spec) => spec.key),
  )
  return {
    code: 'unknown-key',
    message: `nova knows no extra spec '${key}': the API answers 400 from microversion 2.86 on, and below it the key is stored and does nothing`,
    ...(close === undefined ? {} : { fix: close }),
  }
}

/** What an old release makes of a word that it does not know differs: some do nothing, some are refused at the boot. */
function laterWord(what: string, since: number, release: Release): SyntaxFault {
  const checks = release.major >= SINCE.apiValidation
  return {
    code: 'not-in-release',
    message: `${what} came with nova ${since}; ${release.name} (${release.major}) ${checks ? 'answers 400' : 'stores it and knows no such value'}`,
  }
}

function later(what: string, since: number, release: Release): SyntaxFault {
  const checks = release.major >= SINCE.apiValidation
  return {
    code: 'not-in-release',
    message: `${what} came with nova ${since}; ${release.name} (${release.major}) ${checks ? 'answers 400' : 'stores it and does nothing'}`,
  }
}
