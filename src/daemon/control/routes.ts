import * as v from 'valibot'
import { applyAnswer } from '../../answers/apply-answer.ts'
import { offAnswer } from '../../answers/off-answer.ts'
import { isInstanceName } from '../../core/suite/suite-name.ts'
import type { ProfileChoice } from '../../engine/resolve-profile.ts'
import type { Service } from '../service-state.ts'
import { checked } from './read-body.ts'

/** A question that can be asked, with the answer's JSON (docs/control.md; schemas in docs/schema). */
export interface Route {
  method: 'GET' | 'POST'
  path: string
  answer(service: Service, body: unknown): object | Promise<object>
}

const text = v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(4096, 'is too long'))
const NOTHING = v.strictObject({})
const APPLY = v.strictObject({
  profile: text,
  overrides: v.optional(v.record(text, v.pipe(v.string(), v.maxLength(4096, 'is too long'))), {}),
  profileDirs: v.optional(v.array(v.pipe(text, v.startsWith('/', 'is no absolute path')))),
})
/** The name of a suite's file, never a path: the unit that runs it is made from it. */
const SUITE = v.strictObject({
  suite: v.pipe(text, v.check(isInstanceName, 'is no name of a suite that runs as a unit')),
})

export const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v1/status', answer: (service) => service.snapshot() },
  {
    method: 'POST',
    path: '/v1/apply',
    answer: async (service, body) => applyAnswer(await service.apply(choiceOf(checked(APPLY, body)))),
  },
  {
    method: 'POST',
    path: '/v1/off',
    async answer(service, body) {
      checked(NOTHING, body)
      return offAnswer(await service.off())
    },
  },
  {
    method: 'POST',
    path: '/v1/verify',
    async answer(service, body) {
      checked(NOTHING, body)
      return { verified: await service.verify() }
    },
  },
  {
    method: 'POST',
    path: '/v1/reload',
    async answer(service, body) {
      checked(NOTHING, body)
      await service.reload()
      return { problems: service.snapshot().problems }
    },
  },
  {
    method: 'POST',
    path: '/v1/validate',
    answer: (service, body) => service.startRun(checked(SUITE, body).suite),
  },
  {
    method: 'POST',
    path: '/v1/validate/stop',
    async answer(service, body) {
      await service.stopRun(checked(SUITE, body).suite)
      return {}
    },
  },
]

function choiceOf({ profile, overrides, profileDirs }: v.InferOutput<typeof APPLY>): ProfileChoice {
  return { name: profile, overrides, ...(profileDirs === undefined ? {} : { profileDirs }) }
}
