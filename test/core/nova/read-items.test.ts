import { describe, expect, it } from 'vitest'
import { readItems } from '../../../src/core/nova/read-items.ts'

const NEXT =
  'Give one object { "vcpus": 4, "extra_specs": { … } } or a list of them; `openstack flavor list --all --long -f json` writes one.'

function refusal(text: string) {
  try {
    readItems(text, 'flavors.json')
  } catch (error) {
    return error
  }
  return undefined
}

/** name, vCPUs, MiB and extra specs of each. */
function read(value: unknown) {
  return readItems(JSON.stringify(value), 'flavors.json').map(({ name, flavor }) => [
    name,
    flavor.vcpus,
    flavor.ramMb,
    Object.fromEntries(flavor.specs),
  ])
}

describe('flavors read from JSON', () => {
  it.each([
    [
      '{"vcpus":4,"extra_spec":{}}',
      "the flavor has no 'extra_specs' (an empty object if it has none); it has vcpus, extra_spec; is 'extra_spec' meant?",
    ],
    ['{"vcpus":4}', "the flavor has no 'extra_specs' (an empty object if it has none); it has vcpus"],
    [
      '[{"vcpus":4,"extra_specs":{}},{"VCPUs":4,"Name":"a"}]',
      "item 2 has no 'extra_specs' (an empty object if it has none); it has VCPUs, Name",
    ],
    ['[]', 'the list is empty: there is no flavor to look at'],
    ['{"flavors":[]}', 'the list is empty: there is no flavor to look at'],
    [
      '{"vcpus":1000000000,"extra_specs":{}}',
      'the flavor has 1000000000 vCPUs; no host has more than 8192 CPUs',
    ],
    [
      '{"vcpus":4,"extra_specs":{"hw:pmu":"yes","hw:p\\u006du":"no"}}',
      "the key 'hw:pmu' stands twice in one object, and only the last would count",
    ],
    [
      '{"vcpus":4,"extra_specs":{"hw:pmu":"yes"},"extra_specs":{}}',
      "the key 'extra_specs' stands twice in one object, and only the last would count",
    ],
    ['{"vcpus":4,"extra_specs":"none"}', 'extra_specs of the flavor is no object of keys and values'],
  ])('refuses %s', (text, message) => {
    expect(refusal(text)).toMatchObject({ code: 'bad-flavor-json', exitCode: 2, message, next: NEXT })
  })

  it('takes a key again in another object, and quotes, brackets and colons within texts', () => {
    const specs = { 'hw:pmu': 'no', note: '"a": {[", "hw:pmu": \\' }
    expect(
      read([
        { vcpus: 4, extra_specs: specs },
        { vcpus: 2, extra_specs: specs },
      ]),
    ).toEqual([
      [undefined, 4, undefined, specs],
      [undefined, 2, undefined, specs],
    ])
  })

  it('takes an empty object, what REST answers and what the openstack client writes, new and old', () => {
    const specs = { 'hw:cpu_policy': 'dedicated', 'hw:cpu_realtime_mask': '^0,^2' }
    expect(read({ vcpus: 4, extra_specs: {} })).toEqual([[undefined, 4, undefined, {}]])
    expect(read({ flavors: [{ name: 'a', vcpus: 4, ram: 512, extra_specs: specs }] })).toEqual([
      ['a', 4, 512, specs],
    ])
    expect(read({ flavor: { name: 'a', vcpus: 4, ram: 512, extra_specs: {} } })).toEqual([['a', 4, 512, {}]])
    expect(read([{ ID: '1', Name: 'a', RAM: 512, VCPUs: 4, Properties: specs }])).toEqual([
      ['a', 4, 512, specs],
    ])
    expect(read({ id: '1', name: 'a', ram: 512, vcpus: 4, properties: specs })).toEqual([
      ['a', 4, 512, specs],
    ])
    const old = "hw:cpu_policy='dedicated', hw:cpu_realtime_mask='^0,^2'"
    expect(read([{ Name: 'a', VCPUs: 4, RAM: 512, Properties: old }])).toEqual([['a', 4, 512, specs]])
    expect(read([{ Name: 'a', VCPUs: 4, RAM: 512, Properties: '' }])).toEqual([['a', 4, 512, {}]])
  })

  it('reads a text of many megabytes', () => {
    const specs = { note: 'x'.repeat(30_000_000) }
    expect(readItems(JSON.stringify({ vcpus: 4, extra_specs: specs }), 'f')).toHaveLength(1)
  })
})
