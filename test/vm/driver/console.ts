import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/** Messages on the serial console after which no machine comes up any more (GRUB's rescue prompt is not seen there). */
const HOPELESS = ['Kernel panic', 'You are in emergency mode', '(initramfs)']

/** The serial console from `fromByte`, without the boot menu's cursor movements. */
export function readConsole(file: string, fromByte = 0): string {
  return stripVTControlCharacters(readFileSync(file).subarray(fromByte).toString('utf8')).replaceAll('\r', '')
}

export function lastLines(text: string, count = 60): string {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

/** The message that says this boot has failed; undefined while there is hope. */
export function hopeless(text: string): string | undefined {
  return HOPELESS.find((message) => text.includes(message))
}
