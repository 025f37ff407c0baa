import { InputError } from '../errors.ts'

/** @returns the InputError `empty-file` of a file of so many blank bytes */
export function emptyFile(bytes: number): InputError {
  return new InputError({
    code: 'empty-file',
    message: `wanted the output of a latency tool, found ${bytes === 0 ? 'an empty file' : 'only blank lines'}`,
    next: 'A tool that is killed or interrupted early prints nothing; look at its standard error and run it again.',
  })
}

/** @returns the InputError `not-a-latency-file` */
export function notALatencyFile(): InputError {
  return new InputError({
    code: 'not-a-latency-file',
    message:
      'nothing in this file is the output of cyclictest, hwlatdetect, oslat, rtla or another rt-tests program',
    next: 'Give the text or JSON that the tool itself printed.',
  })
}
