import { InputError } from '../errors.ts'
import { nearest } from '../profile/nearest.ts'
import { type Flavor, type ImageProperties, MOST_VCPUS } from './flavor.ts'
import { propertiesOf } from './properties-text.ts'
import { repeatedKey } from './repeated-key.ts'

export interface LintItem {
  /** as the file calls it; undefined when it does not */
  name?: string
  flavor: Flavor
  image: ImageProperties
}

/** `openstack flavor list --long -f json` writes capitals; `flavor show`, REST and our own form do not. */
const NAMES = {
  name: ['name', 'Name'],
  vcpus: ['vcpus', 'VCPUs'],
  ram: ['ram', 'memory_mb', 'RAM'],
  specs: ['extra_specs', 'properties', 'Properties'],
  image: ['image', 'image_properties'],
} as const

/**
 * Flavors from JSON: one or a list of `{ vcpus, extra_specs, ram?, name?, image? }`, as REST and the openstack client
 * write them. Extra specs may be empty, but they have to be there: a wrong key is not taken for a flavor without any.
 * @throws InputError `bad-flavor-json` naming the item
 */
export function readItems(text: string, file: string): LintItem[] {
  const value = withoutEnvelope(parse(text, file))
  if (!Array.isArray(value)) return [item(value, 'the flavor', file)]
  if (value.length === 0) throw bad('the list is empty: there is no flavor to look at', file)
  return value.map((one, index) => item(one, `item ${index + 1}`, file))
}

function parse(text: string, file: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw bad(`this is no JSON: ${error instanceof Error ? error.message : String(error)}`, file)
  }
  const twice = repeatedKey(text)
  if (twice === undefined) return value
  throw bad(`the key '${twice}' stands twice in one object, and only the last would count`, file)
}

/** REST answers `{ "flavors": [ … ] }` and `{ "flavor": { … } }`. */
function withoutEnvelope(value: unknown): unknown {
  if (!isObject(value)) return value
  return Array.isArray(value.flavors) ? value.flavors : isObject(value.flavor) ? value.flavor : value
}

function item(value: unknown, which: string, file: string): LintItem {
  if (!isObject(value)) throw bad(`${which} is no object with vcpus and extra_specs`, file)
  const vcpus = field(value, NAMES.vcpus)
  if (!Number.isInteger(vcpus) || Number(vcpus) < 1) {
    throw bad(`${which} has no 'vcpus' that is an integer from 1`, file)
  }
  if (Number(vcpus) > MOST_VCPUS) {
    throw bad(`${which} has ${vcpus} vCPUs; no host has more than ${MOST_VCPUS} CPUs`, file)
  }
  const ram = field(value, NAMES.ram)
  if (ram !== undefined && (!Number.isInteger(ram) || Number(ram) < 1)) {
    throw bad(`the ram of ${which} is not an integer from 1 (MiB)`, file)
  }
  const name = field(value, NAMES.name)
  const specs = field(value, NAMES.specs)
  if (specs === undefined) throw bad(withoutSpecs(value, which), file)
  return {
    ...(typeof name === 'string' ? { name } : {}),
    flavor: {
      vcpus: Number(vcpus),
      ...(ram === undefined ? {} : { ramMb: Number(ram) }),
      specs: texts(specs, `extra_specs of ${which}`, file),
    },
    image: texts(field(value, NAMES.image) ?? {}, `image of ${which}`, file),
  }
}

function withoutSpecs(value: Record<string, unknown>, which: string): string {
  const keys = Object.keys(value)
  const meant = keys.find((key) => nearest(key, NAMES.specs) !== undefined && value[key] !== null)
  const guess = meant === undefined ? '' : `; is '${meant}' meant?`
  return `${which} has no 'extra_specs' (an empty object if it has none); it has ${keys.join(', ')}${guess}`
}

function texts(value: unknown, which: string, file: string): ReadonlyMap<string, string> {
  if (typeof value === 'string') {
    const read = propertiesOf(value)
    if (read) return read
  }
  if (!isObject(value)) throw bad(`${which} is no object of keys and values`, file)
  return new Map(
    Object.entries(value).map(([key, one]) => {
      // nova's schema takes strings and numbers; it answers 400 to a JSON true.
      if (typeof one === 'string') return [key, one]
      if (typeof one === 'number') return [key, String(one)]
      throw bad(`${key} in the ${which} is neither a text nor a number; write "true" in quotes`, file)
    }),
  )
}

function field(value: Record<string, unknown>, names: readonly string[]): unknown {
  return names.map((name) => value[name]).find((found) => found !== undefined && found !== null)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(message: string, file: string): InputError {
  return new InputError({
    code: 'bad-flavor-json',
    message,
    place: { file },
    next: 'Give one object { "vcpus": 4, "extra_specs": { … } } or a list of them; `openstack flavor list --all --long -f json` writes one.',
  })
}
