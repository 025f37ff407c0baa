import { InputError } from '../../errors.ts'
import { type Entry, scanConf } from './scan.ts'

/** A file that nova-compute reads, with its text. */
export interface ConfFile {
  file: string
  text: string
}

/** One assignment, and the file that it stands in. */
export interface FiledEntry extends Entry {
  file: string
}

/** What nova-compute reads, in its order: of an option that is given once, the last line of the last file counts. */
export interface ReadFiles {
  entries: readonly FiledEntry[]
}

/** @throws InputError `bad-nova-conf` for a file that oslo.config would not read */
export function readFiles(files: readonly ConfFile[], sections: ReadonlySet<string>): ReadFiles {
  return {
    entries: files.flatMap(({ file, text }) =>
      scanConf(text, sections, file).entries.map((entry) => ({ ...entry, file })),
    ),
  }
}

/** A line of nova.conf with which nova-compute would not start, or would work against the isolated CPUs. */
export function fatal(
  code: string,
  { file, line }: Pick<FiledEntry, 'file' | 'line'>,
  { message, next }: { message: string; next: string },
): InputError {
  return new InputError({ code, message, place: { file, line }, next: `${next} Nothing was changed.` })
}
