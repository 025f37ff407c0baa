import * as fs from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseDocument } from 'yaml'
import { InputError } from '../../core/errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>
export type Config = Readonly<Record<string, unknown>>

/** Aliases that a file may unfold to: more is an attack or an accident (YAML's "billion laughs"). */
const MOST_ALIASES = 100

/**
 * Where the openstack client looks, in its order (os-client-config): the variable, the working directory, the user's
 * and the system's folder. These are the caller's files, not the machine's under --root.
 */
function candidates(env: Environment, name: string, variable: string): string[] {
  const given = env[variable]
  if (given) return [given]
  const config = env.XDG_CONFIG_HOME || join(env.HOME ?? homedir(), '.config')
  return [name, join(config, 'openstack', name), join('/etc/openstack', name)]
}

/**
 * The cloud's entry of clouds.yaml with that of secure.yaml laid over it; undefined when there is no clouds.yaml.
 * @throws InputError `unknown-cloud`, `no-cloud-chosen` where there are several, `bad-clouds-yaml`
 */
export function readCloudsYaml(
  name: string | undefined,
  env: Environment,
): { config: Config; origin: string; name: string } | undefined {
  const file = firstThere(candidates(env, 'clouds.yaml', 'OS_CLIENT_CONFIG_FILE'), env.OS_CLIENT_CONFIG_FILE)
  if (file === undefined) return undefined
  const clouds = cloudsOf(file)
  const names = Object.keys(clouds)
  const chosen = name ?? (names.length === 1 ? names[0] : undefined)
  if (chosen === undefined) {
    if (names.length === 0) return undefined
    throw new InputError({
      code: 'no-cloud-chosen',
      message: `the file has the clouds ${names.join(', ')}, and none is chosen`,
      place: { file },
      next: 'Name one with --os-cloud or OS_CLOUD.',
    })
  }
  const entry = clouds[chosen]
  if (!isObject(entry)) {
    throw new InputError({
      code: 'unknown-cloud',
      message: `there is no cloud '${chosen}'; there are ${names.join(', ') || 'none'}`,
      place: { file },
      next: 'Name one with --os-cloud or OS_CLOUD.',
    })
  }
  const secure = firstThere(
    [
      ...(env.OS_CLIENT_SECURE_FILE ? [] : [join(dirname(file), 'secure.yaml')]),
      ...candidates(env, 'secure.yaml', 'OS_CLIENT_SECURE_FILE'),
    ],
    env.OS_CLIENT_SECURE_FILE,
  )
  const secrets = secure === undefined ? {} : (cloudsOf(secure)[chosen] ?? {})
  return {
    config: isObject(secrets) ? overlay(entry, secrets) : entry,
    origin: `cloud '${chosen}' of ${file}`,
    name: chosen,
  }
}

function firstThere(paths: readonly string[], given: string | undefined): string | undefined {
  const found = paths.find((path) => fs.existsSync(path))
  if (found !== undefined || given === undefined || given === '') return found
  throw new InputError({
    code: 'bad-clouds-yaml',
    message: 'the file that OS_CLIENT_CONFIG_FILE or OS_CLIENT_SECURE_FILE names is not there',
    place: { file: given },
    next: 'Correct the variable, or unset it.',
  })
}

function cloudsOf(file: string): Config {
  const text = readText(file)
  const document = parseDocument(text, { prettyErrors: false })
  const [fault] = document.errors
  if (fault) {
    // The parser's own text would quote the line, which may hold a password.
    throw bad(`the file is no YAML (${fault.code})`, file, text.slice(0, fault.pos[0]).split('\n').length)
  }
  const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
  const clouds = isObject(value) ? (value.clouds ?? {}) : undefined
  if (!isObject(clouds)) throw bad("the file has no 'clouds:' with a cloud in it", file)
  return clouds
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    throw bad(error instanceof Error ? error.message : 'the file cannot be read', file)
  }
}

/** Objects are joined, anything else is replaced, as os-client-config does. */
function overlay(base: Config, over: Config): Config {
  const result: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = result[key]
    result[key] = isObject(value) && isObject(below) ? overlay(below, value) : value
  }
  return result
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(message: string, file: string, line?: number): InputError {
  return new InputError({
    code: 'bad-clouds-yaml',
    message,
    place: { file, ...(line === undefined ? {} : { line }) },
    next: 'Correct the file; `openstack configuration show` reads the same one.',
  })
}
