import { CpuSet } from '../../src/core/cpu/cpu-set.ts'
import type { Facts } from '../../src/core/facts.ts'
import type { FunctionEnv } from '../../src/core/profile/functions/env.ts'
import type { ProfileLibrary, ProfileSource } from '../../src/core/profile/profile.ts'

/** Profiles in memory: text by machine path, in search order. Other paths are include files. */
export function shelf(files: Readonly<Record<string, string>>): ProfileLibrary {
  const sources = Object.entries(files).flatMap(([path, text]): (ProfileSource & { name: string })[] => {
    const [, dir, name] = /^(.*\/([^/]+))\/(?:profile|tuned)\.conf$/.exec(path) ?? []
    return name ? [{ name, path, dir: dir!, text, foreign: /^\/(?:etc|usr\/lib)\/tuned\//.test(path) }] : []
  })
  return {
    find: (name, skip) => sources.find((source) => source.name === name && !skip.has(source.path)),
    names: () => [...new Set(sources.map(({ name }) => name))],
    readInclude: (path) => files[path],
  }
}

/** Four CPUs on one socket, the last one offline, without any program or file. */
export const FOUR_CPUS: Facts = {
  cpu: {
    possible: CpuSet.parse('0-7'),
    present: CpuSet.parse('0-3'),
    online: CpuSet.parse('0-2'),
    isolated: CpuSet.parse('2'),
    nohzFull: undefined,
    places: [0, 1, 2].map((cpu) => ({ cpu, package: 0, core: cpu, node: 0, siblings: CpuSet.of([cpu]) })),
    vendor: 'GenuineIntel',
    model: 'Xeon',
    flags: new Set(['vmx']),
  },
  nodes: [{ node: 0, cpus: CpuSet.parse('0-2'), hugepageSizesKb: [2048] }],
  kernel: {
    release: '6.1.0-21-amd64',
    version: 'Linux version 6.1.0-21-amd64 (builder@made) (gcc) #1 SMP PREEMPT_DYNAMIC Debian 6.1',
    machine: 'x86_64',
    realtime: false,
    bootId: '1',
  },
  cmdline: 'quiet',
  cpuinfo: 'processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon\n',
  virtualization: 'none',
  os: { id: 'debian', version: '12' },
  hostname: 'made',
}

export function envWith(over: Partial<FunctionEnv> = {}): FunctionEnv {
  return {
    facts: FOUR_CPUS,
    exec: () => undefined,
    readText: () => undefined,
    list: () => [],
    chooseIsolatedCores: (cores) => (cores === undefined ? '2' : `2 with ${cores} kept`),
    ...over,
  }
}
