import type { Server } from 'node:http'
import { connect } from 'node:net'
import { MachineError } from '../../core/errors.ts'
import { CONTROL_SOCKET, fitsSocket } from '../../core/service/control.ts'
import { takeoverOf, takePlace, thisProcess } from '../../engine/take-place.ts'
import { codeOf } from '../../host/io-error.ts'
import type { Root } from '../../host/ports.ts'

/** rw------- */
const ONLY_OWNER = 0o177

/**
 * Listens on the control socket. It belongs to root alone from the moment that it is there: the mode comes from the
 * umask, and bind(2) is called before `listen` returns. The socket of a dead service is replaced, a living one's never.
 * @throws MachineError `service-runs`, `socket-path-too-long`, `no-control-socket`
 */
export async function listenOnControl(server: Server, root: Root): Promise<void> {
  const path = root.outside(CONTROL_SOCKET)
  if (!fitsSocket(path)) throw tooLong(path)
  root.makeFolder('/run/quietcore')
  try {
    return await bind(server, path)
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw cannotListen(error)
  }
  await clear(root, path)
  await bind(server, path).catch((error: unknown) => {
    throw codeOf(error) === 'EADDRINUSE' ? runsAlready() : cannotListen(error)
  })
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const before = process.umask(ONLY_OWNER)
    try {
      server.once('error', reject)
      server.listen(path, () => {
        server.off('error', reject)
        resolve()
      })
    } finally {
      process.umask(before)
    }
  })
}

/** Whether somebody accepts connections there. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const answer = (alive: boolean) => {
      socket.destroy()
      resolve(alive)
    }
    socket.once('connect', () => answer(true))
    // EAGAIN: alive, with more clients than it can take.
    socket.once('error', (error) => answer(codeOf(error) === 'EAGAIN'))
  })
}

/** Removes the socket of a dead service, one process at a time: what a new one has bound meanwhile answers, and stays. */
async function clear(root: Root, path: string): Promise<void> {
  const takeover = takePlace(root, takeoverOf(CONTROL_SOCKET), thisProcess())
  if (!('leave' in takeover)) throw runsAlready()
  try {
    if (await isAlive(path)) throw runsAlready()
    root.remove(CONTROL_SOCKET)
  } finally {
    takeover.leave()
  }
}

function runsAlready(): MachineError {
  return new MachineError({
    code: 'service-runs',
    message: 'another quietcore.service answers on the control socket',
    place: { file: CONTROL_SOCKET },
    next: 'There can be only one: see `systemctl status quietcore`.',
  })
}

function tooLong(path: string): MachineError {
  return new MachineError({
    code: 'socket-path-too-long',
    message: `the path of the control socket has more than 107 bytes: ${path}`,
    next: 'Lay the machine out under a directory with a shorter path.',
  })
}

function cannotListen(cause: unknown): MachineError {
  return new MachineError({
    code: 'no-control-socket',
    message: `could not listen on the control socket: ${cause instanceof Error ? cause.message : String(cause)}`,
    place: { file: CONTROL_SOCKET },
    cause,
  })
}
