// Preloaded into quietcore (node --import): counts the file-system calls that touch QUIETCORE_KILL_ROOT, and ends the
// process with SIGKILL just before the call number QUIETCORE_KILL_AT; with QUIETCORE_KILL_TORN that call writes half
// its bytes first. Without a number it appends the counts to QUIETCORE_KILL_COUNT at the end.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { QUIETCORE_KILL_ROOT: root, QUIETCORE_KILL_COUNT: countFile } = process.env
const at = Number(process.env.QUIETCORE_KILL_AT ?? 0)
const torn = process.env.QUIETCORE_KILL_TORN === '1'

/** Calls that change the disk: killing before a call that only reads leaves what the change before it left. */
const CHANGES = [
  'writeSync',
  'writeFileSync',
  'appendFileSync',
  'fsyncSync',
  'renameSync',
  'unlinkSync',
  'rmSync',
  'rmdirSync',
  'mkdirSync',
  'linkSync',
  'symlinkSync',
  'fchmodSync',
  'chmodSync',
  'fchownSync',
  'ftruncateSync',
  'truncateSync',
]
const LOOKS = [
  'openSync',
  'readSync',
  'readFileSync',
  'readdirSync',
  'statSync',
  'lstatSync',
  'fstatSync',
  'existsSync',
  'accessSync',
  'readlinkSync',
  'realpathSync',
  'closeSync',
]

const original = Object.fromEntries([...CHANGES, ...LOOKS].map((name) => [name, fs[name]]))
const ours = new Set()
let inside = 0
let changes = 0
const names = []
let looks = 0

function concerns(args) {
  return args
    .slice(0, 2)
    .some((arg) =>
      typeof arg === 'number' ? ours.has(arg) : typeof arg === 'string' && arg.startsWith(root),
    )
}

function die() {
  process.kill(process.pid, 'SIGKILL')
  // The signal is on its way; nothing more may happen before it arrives.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

function half(name, args) {
  if (name === 'writeSync') {
    const data = typeof args[1] === 'string' ? Buffer.from(args[1]) : args[1]
    original.writeSync(args[0], data, 0, Math.floor(data.length / 2))
  }
}

function wrap(name, changing) {
  fs[name] = function counted(...args) {
    // Node's own inner calls of one call (rmSync, writeFileSync) are that call.
    if (inside > 0 || !concerns(args)) return original[name].apply(fs, args)
    const creates = name === 'openSync' && typeof args[1] === 'string' && /[wa]/.test(args[1])
    if (changing || creates) {
      changes++
      names.push(name)
      if (changes === at) {
        if (torn) half(name, args)
        die()
      }
    } else looks++
    inside++
    try {
      const result = original[name].apply(fs, args)
      if (name === 'openSync') ours.add(result)
      if (name === 'closeSync') ours.delete(args[0])
      return result
    } finally {
      inside--
    }
  }
}

if (root) {
  for (const name of CHANGES) wrap(name, true)
  for (const name of LOOKS) wrap(name, false)
  fs.realpathSync.native = original.realpathSync.native
  syncBuiltinESMExports()
  process.on('exit', () => {
    if (countFile) original.writeFileSync(countFile, JSON.stringify({ changes: names, looks }))
  })
}
