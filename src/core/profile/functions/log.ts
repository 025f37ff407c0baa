import { ANY, type ProfileFunction } from './env.ts'

/** Its arguments joined, and also shown among the warnings: to look at values while a profile is written. `${f:log:a:b}` => `ab` */
export const log: ProfileFunction = {
  name: 'log',
  arity: [1, ANY],
  call(args, { warn }) {
    const text = args.join('')
    warn('profile-log', `the profile says: ${text}`)
    return text
  },
}
