import type { Place } from '../errors.ts'
import type { Warning } from '../warning.ts'
import { expandText, variablesIn } from './expand.ts'
import type { FunctionCall, FunctionEnv } from './functions/env.ts'
import { parseProfile } from './parse.ts'
import { normalizePath } from './path.ts'
import type { ProfileLibrary } from './profile.ts'
import { isWord } from './python-text.ts'
import type { RawOption } from './unit-draft.ts'

/**
 * The variables of one profile, each expanded once, in the order of definition, with those before it.
 * An override (the command line's) wins over every definition but one that takes it up: `x=…${x}…`.
 */
export class Variables {
  readonly values = new Map<string, string>()
  /** where each got its value; a definition that takes its own name up (`x=…${x}…`) leaves that to the earlier one */
  readonly places = new Map<string, Place>()
  readonly #env: FunctionEnv
  readonly #warnings: Warning[]
  readonly #overrides: ReadonlySet<string>

  constructor(env: FunctionEnv, warnings: Warning[], overrides: ReadonlyMap<string, string> = new Map()) {
    this.#env = env
    this.#warnings = warnings
    this.#overrides = new Set(overrides.keys())
    for (const [name, value] of overrides) {
      this.values.set(name, this.expand(value, { file: `the value given for ${name}` }))
    }
  }

  /** Expands a text with what is defined so far. */
  expand(text: string, place: Place): string {
    const call: FunctionCall = {
      env: this.#env,
      place,
      warn: (code, message) => this.#warn({ code, message, place }),
    }
    return expandText(text, this.values, call)
  }

  define(name: string, raw: string, place: Place): void {
    if (!isWord(name)) {
      this.#warn({
        code: 'bad-variable-name',
        message: `'${name}' cannot name a variable and is left out`,
        place,
      })
    } else if (!this.#overrides.has(name) || variablesIn(raw).includes(name)) {
      if (!this.values.has(name) || !variablesIn(raw).includes(name)) this.places.set(name, place)
      this.values.set(name, this.expand(raw, place))
    }
  }

  /** The merged [variables] section; returns the files that it included. */
  defineAll(options: ReadonlyMap<string, RawOption>, library: ProfileLibrary): string[] {
    const files: string[] = []
    for (const [name, { raw, place }] of options) {
      if (name !== 'include') {
        this.define(name, raw, place)
        continue
      }
      const path = normalizePath(this.expand(raw, place))
      if (this.#include(path, place, library)) files.push(path)
    }
    return files
  }

  #include(path: string, place: Place, library: ProfileLibrary): boolean {
    const text = isFileName(path) ? library.readInclude(path) : undefined
    if (text === undefined) {
      this.#warn({ code: 'no-include-file', message: `the variables file ${path} is not there`, place })
      return false
    }
    for (const section of parseProfile(text, path, { headerless: true })) {
      for (const [name, option] of section.options) {
        if (option.value !== null) this.define(name, option.value, option.place)
      }
    }
    return true
  }

  #warn(warning: Warning): void {
    this.#warnings.push(warning)
  }
}

/** One line, no part longer than the 255 bytes that Linux takes (NAME_MAX). */
function isFileName(path: string): boolean {
  return !path.includes('\n') && path.length < 4096 && path.split('/').every((part) => part.length <= 255)
}
