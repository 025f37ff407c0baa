import { InputError } from '../core/errors.ts'
import type { NumaNode } from '../core/facts.ts'
import type { Setting } from '../core/plan/setting.ts'
import type { ProfileOption, Unit } from '../core/profile/profile.ts'
import type { Warning } from '../core/warning.ts'
import type { Root } from '../host/ports.ts'
import type { Machine, SettingKind } from './kind.ts'
import { liveSetting, unquoted, unsupportedSetting } from './section.ts'

const NODES = '/sys/devices/system/node'
const UNIT_KB: Readonly<Record<string, number>> = { K: 1, M: 1024, G: 1024 * 1024 }

interface Wish {
  node: number
  sizeKb: number
  count: number
  option: ProfileOption
}

/**
 * `[hugepages]`: pages of each size, at run time: `node0.1G=2` on one NUMA node, `1G=4` spread evenly over all. A node
 * that is named has what its own line says.
 *
 * @example
 * [hugepages]
 * 1G=8
 * node1.2M=512
 */
export const hugepages: SettingKind = {
  type: 'hugepages',
  settings(unit, machine) {
    const wishes = new Map<string, Wish>()
    const given = [...unit.options].filter(([, { value }]) => value.trim() !== '')
    const parsed = given.map(([name, option]) => ({
      ...parseName(name, option),
      count: countOf(option),
      option,
    }))
    // Totals first, so that a node's own line wins.
    for (const one of parsed.toSorted(
      (a, b) => Number(a.node !== undefined) - Number(b.node !== undefined),
    )) {
      for (const wish of perNode(one, machine.facts.nodes)) wishes.set(`${wish.node} ${wish.sizeKb}`, wish)
    }
    const all = [...wishes.values()]
    return {
      settings: all.map((wish) => pageSetting(unit, wish, machine)),
      warnings: all.flatMap((wish) => shortage(wish, machine.ports.root)),
    }
  },
}

function perNode(
  { node, sizeKb, count, option }: Omit<Wish, 'node'> & { node: number | undefined },
  nodes: readonly NumaNode[],
): Wish[] {
  if (node !== undefined) return [{ node, sizeKb, count, option }]
  const all = nodes.length === 0 ? [0] : nodes.map((one) => one.node)
  const [each, rest] = [Math.floor(count / all.length), count % all.length]
  return all.map((one, index) => ({ node: one, sizeKb, count: each + (index < rest ? 1 : 0), option }))
}

function pageSetting(unit: Unit, { node, sizeKb, count }: Wish, { facts }: Machine): Setting {
  const path = `${pool(node, sizeKb)}/nr_hugepages`
  const there = facts.nodes.find((one) => one.node === node)
  if (!there) return unsupportedSetting(unit, path, String(count), `this machine has no NUMA node ${node}`)
  if (!there.hugepageSizesKb.includes(sizeKb)) {
    const sizes = there.hugepageSizesKb.map(sizeText).join(', ') || 'none'
    return unsupportedSetting(
      unit,
      path,
      String(count),
      `node ${node} has no pages of ${sizeText(sizeKb)} (it has ${sizes})`,
    )
  }
  return {
    ...liveSetting(unit, path, String(count), 'number'),
    whenDiffers: `the kernel gives fewer pages when free memory of node ${node} is short or fragmented; reserve them at boot with hugepagesz=${sizeText(sizeKb)} hugepages=${node}:${count}`,
  }
}

/** Too little free memory is known before anything is tried. */
function shortage({ node, sizeKb, count, option }: Wish, root: Root): Warning[] {
  const meminfo = root.readTextIfThere(`${NODES}/node${node}/meminfo`) ?? ''
  const freeKb = Number(/MemFree:\s*(\d+) kB/.exec(meminfo)?.[1] ?? Number.NaN)
  const there = Number(root.readTextIfThere(`${pool(node, sizeKb)}/nr_hugepages`)?.trim() ?? Number.NaN)
  const neededKb = (count - there) * sizeKb
  if (!(neededKb > freeKb)) return []
  return [
    {
      code: 'hugepages-memory',
      message: `node ${node} has ${gib(freeKb)} GiB free, ${count - there} more pages of ${sizeText(sizeKb)} need ${gib(neededKb)} GiB; reserve them at boot with hugepagesz=${sizeText(sizeKb)} hugepages=${node}:${count}`,
      place: option.place,
    },
  ]
}

function parseName(name: string, { place }: ProfileOption): { node: number | undefined; sizeKb: number } {
  const match = /^(?:node(\d+)\.)?(\d+)([KMG])B?$/i.exec(name)
  if (match) {
    const sizeKb = Number(match[2]) * UNIT_KB[match[3]!.toUpperCase()]!
    return { node: match[1] === undefined ? undefined : Number(match[1]), sizeKb }
  }
  throw new InputError({
    code: 'bad-hugepage-size',
    message: `'${name}' is no size of huge pages`,
    place,
    next: 'Write 1G=COUNT, 2M=COUNT, or node0.1G=COUNT for one NUMA node.',
  })
}

function countOf({ value, place }: ProfileOption): number {
  const text = unquoted(value)
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InputError({ code: 'not-a-number', message: `'${value}' is no number of huge pages`, place })
}

function pool(node: number, sizeKb: number): string {
  return `${NODES}/node${node}/hugepages/hugepages-${sizeKb}kB`
}

function sizeText(sizeKb: number): string {
  const unit = ['G', 'M', 'K'].find((one) => sizeKb % UNIT_KB[one]! === 0)!
  return `${sizeKb / UNIT_KB[unit]!}${unit}`
}

function gib(kb: number): string {
  return (kb / UNIT_KB.G!).toFixed(1)
}
