import { expect, test } from 'vitest'
import { parseGuest } from '../../../src/core/gate/guest-address.ts'

test.each([
  ['du-1=ssh:root@10.0.0.7', { name: 'du-1', by: 'ssh', user: 'root', host: '10.0.0.7' }],
  ['du-1=ssh:guest.example.net:2222', { name: 'du-1', by: 'ssh', host: 'guest.example.net', port: 2222 }],
  ['a b=ssh:an_alias', { name: 'a b', by: 'ssh', host: 'an_alias' }],
  ['du-1=ssh:root@[fd00::7]:22', { name: 'du-1', by: 'ssh', user: 'root', host: 'fd00::7', port: 22 }],
  ['du-1=ssh:[fe80::1%eth0]', { name: 'du-1', by: 'ssh', host: 'fe80::1%eth0' }],
  ['du-1=ssh:fd00::7', { name: 'du-1', by: 'ssh', host: 'fd00::7' }],
  ['du-1=agent:instance-00000012', { name: 'du-1', by: 'agent', domain: 'instance-00000012' }],
  ["x=agent:a 'b; c", { name: 'x', by: 'agent', domain: "a 'b; c" }],
])('%s is read', (text, address) => {
  expect(parseGuest(text)).toEqual(address)
})

test.each([
  ['du-1', 'it has no NAME='],
  ['=ssh:a', 'it has no NAME='],
  ['du-1=root@host', "'root@host' begins with neither ssh: nor agent:"],
  ['du-1=agent:', 'it names no domain'],
  ['du-1=ssh:', "'' is no host"],
  ['du-1=ssh:-oProxyCommand=touch', "'-oProxyCommand=touch' is no host"],
  ['du-1=ssh:-l@host', "'-l' is no user"],
  ['du-1=ssh:root@host;reboot', "'host;reboot' is no host"],
  ['du-1=ssh:host:70000', "'70000' is no port"],
  ['du-1=ssh:host:', "'' is no port"],
  ['du-1=ssh:[fd00::7', "'[fd00::7' is no host"],
])('%s is refused: %s', (text, why) => {
  expect(() => parseGuest(text)).toThrow(`the guest '${text}' cannot be read: ${why}`)
})
