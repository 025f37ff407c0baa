import { describe, expect, it } from 'vitest'
import { describeError } from '../../../src/core/errors.ts'
import {
  parseThreshold,
  parseThresholdArgument,
  thresholdsOfOptions,
} from '../../../src/core/verdict/parse-threshold.ts'

const place = { file: 'a.conf', line: 3 }
const refused = (act: () => unknown) => {
  try {
    return `accepted: ${JSON.stringify(act())}`
  } catch (error) {
    return describeError(error)
  }
}

describe('a threshold', () => {
  it('says tool, metric, comparison, limit and where it was set', () => {
    expect([
      parseThreshold('cyclictest.max', '<20us', place),
      parseThreshold('oslat.p99.999', '<= 20 us', place),
      parseThreshold('hwlatdetect.count-per-hour', '<=1', place),
      parseThreshold('*.max', '<0.05ms', place),
      parseThreshold('cyclictest.over(15us)', '<=10', place),
      parseThreshold('cyclictest.max@2-3,5', '<20500ns', place),
    ]).toEqual([
      { tool: 'cyclictest', metric: 'max', unit: 'us', comparison: '<', limit: 20, origin: 'a.conf:3' },
      { tool: 'oslat', metric: 'p99.999', unit: 'us', comparison: '<=', limit: 20, origin: 'a.conf:3' },
      {
        tool: 'hwlatdetect',
        metric: 'count-per-hour',
        unit: 'per-hour',
        comparison: '<=',
        limit: 1,
        origin: 'a.conf:3',
      },
      { tool: '*', metric: 'max', unit: 'us', comparison: '<', limit: 50, origin: 'a.conf:3' },
      {
        tool: 'cyclictest',
        metric: 'over',
        unit: 'samples',
        budgetUs: 15,
        comparison: '<=',
        limit: 10,
        origin: 'a.conf:3',
      },
      {
        tool: 'cyclictest',
        metric: 'max',
        unit: 'us',
        comparison: '<',
        limit: 20.5,
        cpus: '2-3,5',
        origin: 'a.conf:3',
      },
    ])
  })

  it('can be given on the command line with or without the equals sign', () => {
    const wanted = {
      tool: 'rtla-timerlat',
      metric: 'p99',
      unit: 'us',
      comparison: '<=',
      limit: 30,
      origin: '--threshold',
    }
    expect(parseThresholdArgument('rtla-timerlat.p99=<=30us')).toEqual(wanted)
    expect(parseThresholdArgument('rtla-timerlat.p99 <= 30us')).toEqual(wanted)
    expect(parseThresholdArgument(' rtla-timerlat.p99 = <=30us')).toEqual(wanted)
  })

  it.each([
    [
      'cyclictest.max',
      '20us',
      "a.conf:3: 'cyclictest.max = 20us' does not state its comparison\n  Write '<20us' (equal fails) or '<=20us' (equal passes).",
    ],
    [
      'cyclictest.max',
      '>20us',
      "a.conf:3: 'cyclictest.max = >20us' does not state its comparison\n  Write '<20us' (equal fails) or '<=20us' (equal passes).",
    ],
    [
      'cyclictest.max',
      '<20',
      "a.conf:3: '20' is not a time\n  Write a number and its unit: '20us', '500ns', '1ms'.",
    ],
    [
      'cyclictest.max',
      '<0us',
      "a.conf:3: nothing can be below zero: 'cyclictest.max = <0us'\n  Write it as 'TOOL.METRIC = <LIMIT' or '<=LIMIT', for example 'cyclictest.max = <20us'.",
    ],
    [
      'cyclictest.over(15)',
      '<=1',
      "a.conf:3: '15' is not a time\n  Write a number and its unit: '20us', '500ns', '1ms'.",
    ],
    [
      'oslat.p100',
      '<=1us',
      "a.conf:3: p100 is 'max': write that\n  Write it as 'TOOL.METRIC = <LIMIT' or '<=LIMIT', for example 'cyclictest.max = <20us'.",
    ],
    [
      'oslat.p0',
      '<=1us',
      "a.conf:3: 'p0' is not a percentile: wanted p followed by a number above 0 and below 100\n  Write it as 'TOOL.METRIC = <LIMIT' or '<=LIMIT', for example 'cyclictest.max = <20us'.",
    ],
    [
      'jitterdebugger.max',
      '<1us',
      "a.conf:3: the threshold 'jitterdebugger.max' names no tool of ours (cyclictest, hwlatdetect, oslat, rtla-timerlat, rtla-osnoise, *)\n  Write it as 'TOOL.METRIC = <LIMIT' or '<=LIMIT', for example 'cyclictest.max = <20us'.",
    ],
    [
      'hwlatdetect.p99',
      '<1us',
      "a.conf:3: hwlatdetect gives no 'p99': it has max and count-per-hour\n  Write it as 'TOOL.METRIC = <LIMIT' or '<=LIMIT', for example 'cyclictest.max = <20us'.",
    ],
    [
      'cyclictest.max@3-1',
      '<1us',
      "the CPU list '3-1' cannot be read: the range '3-1' runs backwards (column 1)\n  Write it as the kernel does: numbers and ranges split by commas, for example '2-5,8'.",
    ],
  ])('%s = %s is refused with what to write instead', (key, value, message) => {
    expect(refused(() => parseThreshold(key, value, place))).toBe(message)
  })

  it('of a profile keeps its place, and valid-from holds for all of the section', () => {
    const option = (value: string, line: number) => ({ value, place: { file: 'p.conf', line } })
    const unit = new Map([
      ['valid-from', option('12h', 2)],
      ['cyclictest.max', option('<20us', 3)],
    ])
    expect(thresholdsOfOptions(unit, 'OpenShift')).toEqual([
      {
        tool: 'cyclictest',
        metric: 'max',
        unit: 'us',
        comparison: '<',
        limit: 20,
        origin: 'p.conf:3',
        criterion: 'OpenShift',
        validFromS: 43200,
      },
    ])
  })
})
