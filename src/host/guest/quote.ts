import { InputError } from '../../core/errors.ts'

/**
 * Words as a POSIX shell reads them back: ssh joins its arguments with blanks, and the guest's login shell takes them
 * apart (ssh(1); sh: POSIX.1-2024 Shell Command Language, 2.2.2 Single-Quotes).
 * @throws InputError `bad-word` for a NUL or a line break, which some login shells (csh) do not take in quotes
 */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}

function quoteWord(word: string): string {
  if (/[\0\n\r]/.test(word))
    throw new InputError({ code: 'bad-word', message: 'a word for the guest holds a line break or NUL' })
  // a leading = is a command's path in zsh
  return /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`
}
