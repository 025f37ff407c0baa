import { describe, expect, it } from 'vitest'
import { readOptions } from '../../../src/core/latency/argv.ts'

const read = (line: string) => {
  const { intervalUs, threads, durationS, breakUs } = readOptions('cyclictest', line.split(' '))
  return { intervalUs, threads, durationS, breakUs }
}
const all = { intervalUs: 2000, threads: 2, durationS: 60, breakUs: 40 }

describe('The options of cyclictest', () => {
  // getopt strings of v0.20, v0.85, v1.0 and v2.7
  it.each(['A5', 'cfifo', 'e0', 'Ffifo-in', 'o5', 'Oib', 'p95', 'Tfunction', 'yfifo', 'yrr'])(
    'with an argument that says nothing of the measurement (-%s) are passed over whole',
    (option) => {
      expect(read(`cyclictest -i2000 -t2 -D60 -b40 -${option}`)).toEqual(all)
      expect(read(`cyclictest -i2000 -t2 -D60 -b40 -qm${option}`)).toEqual(all)
      expect(read(`cyclictest -i2000 -t2 -D60 -b40 -${option[0]} ${option.slice(1)}`)).toEqual(all)
    },
  )

  it.each([
    'B',
    'C',
    'E',
    'f',
    'I',
    'm',
    'M',
    'n',
    'P',
    'q',
    'Q',
    'r',
    'R',
    's',
    'u',
    'U',
    'v',
    'w',
    'W',
    'x',
    'X',
  ])('without an argument (-%s) leave the letters after them to be options', (option) => {
    expect(read(`cyclictest -t2 -D60 -b40 -${option}i2000`)).toEqual(all)
  })

  it('that are long may have their argument in the next word', () => {
    expect(read('cyclictest --policy -x --interval 2000 --threads 2 --duration 1m --breaktrace 40')).toEqual(
      all,
    )
  })
})
