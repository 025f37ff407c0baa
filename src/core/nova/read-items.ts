import { InputError } from '../errors.ts'
import type { Flavor, ImageProperties } from './flavor.ts'

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
 * write them.
 * @throws InputError `bad-flavor-json` naming the item
 */
export function readItems(text: string, file: string): LintItem[] {
  const value = parse(text, file)
  return (Array.isArray(value) ? value : [value]).map((one, index) =>
    item(one, Array.isArray(value) ? `item ${index + 1}` : 'the flavor', file),
  )
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw bad(`this is no JSON: ${error instanceof Error ? error.message : String(error)}`, file)
  }
}

function item(value: unknown, which: string, file: string): LintItem {
  if (!isObject(value)) throw bad(`${which} is no object with vcpus and extra_specs`, file)
  const vcpus = field(value, NAMES.vcpus)
  if (!Number.isInteger(vcpus) || Number(vcpus) < 1) {
    throw bad(`${which} has no 'vcpus' that is an integer from 1`, file)
  }
  const ram = field(value, NAMES.ram)
  if (ram !== undefined && (!Number.isInteger(ram) || Number(ram) < 1)) {
    throw bad(`the ram of ${which} is not an integer from 1 (MiB)`, file)
  }
  const name = field(value, NAMES.name)
  return {
    ...(typeof name === 'string' ? { name } : {}),
    flavor: {
      vcpus: Number(vcpus),
      ...(ram === undefined ? {} : { ramMb: Number(ram) }),
      specs: texts(field(value, NAMES.specs) ?? {}, `extra_specs of ${which}`, file),
    },
    image: texts(field(value, NAMES.image) ?? {}, `image of ${which}`, file),
  }
}

function texts(value: unknown, which: string, file: string): ReadonlyMap<string, string> {
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
    next: 'Give one object { "vcpus": 4, "extra_specs": { … } } or a list of them.',
  })
}
