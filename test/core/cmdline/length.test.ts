import { describe, expect, test } from 'vitest'
import {
  commandLineBytes,
  commandLineLimitBytes,
  refuseTooLong,
  tooLong,
} from '../../../src/core/cmdline/length.ts'

describe('the length of a command line', () => {
  test('is counted in bytes with the final NUL', () => {
    expect([commandLineBytes(''), commandLineBytes('quiet'), commandLineBytes('x=ä')]).toEqual([1, 6, 5])
  })

  test('may be 2,048 bytes on x86 and 4,096 on arm64', () => {
    expect([commandLineLimitBytes('x86_64'), commandLineLimitBytes('aarch64')]).toEqual([2048, 4096])
  })

  test('one byte too many is a warning in the plan, and apply refuses it', () => {
    expect(tooLong('x'.repeat(2047), 2048)).toBeUndefined()
    const warning = tooLong('x'.repeat(2048), 2048)!
    expect(warning).toEqual({
      code: 'cmdline-too-long',
      message:
        'the kernel command line would need 2049 bytes, this kernel reads 2048: the rest would be lost at boot',
    })
    expect(() => refuseTooLong([warning])).toThrow(
      expect.objectContaining({ code: 'cmdline-too-long', exitCode: 2 }),
    )
    refuseTooLong([])
  })
})
