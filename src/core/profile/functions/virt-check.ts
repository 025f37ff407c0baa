import type { ProfileFunction } from './env.ts'

/** The first argument inside a virtual machine, the second on bare metal. `${f:virt_check:guest:host}` => `host` */
export const virtCheck: ProfileFunction = {
  name: 'virt_check',
  arity: [2, 2],
  call: ([inside, outside], { env }) => (env.facts.virtualization === 'none' ? outside : inside),
}
