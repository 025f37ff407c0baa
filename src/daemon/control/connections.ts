import type { Socket } from 'node:net'

/** A client has this long to send its request, and as long to take its answer. */
const PATIENCE_MS = 10_000

/** More than these at once are a fault of somebody's: the oldest that waits for nothing goes. */
const MOST = 128

interface Connection {
  /** true while the service works for it: then there is no hurry, an apply may take minutes */
  working: boolean
  timer: NodeJS.Timeout | undefined
}

/**
 * Keeps the connections few and short-lived, so that clients which send half a request, or never read, cost neither
 * memory nor anybody else's turn. Timers run only while somebody is connected.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>()
  readonly #patienceMs: number

  constructor(patienceMs = PATIENCE_MS) {
    this.#patienceMs = patienceMs
  }

  get size(): number {
    return this.#open.size
  }

  add(socket: Socket): void {
    this.#open.set(socket, { working: false, timer: undefined })
    this.#hurry(socket)
    socket.once('close', () => {
      clearTimeout(this.#open.get(socket)?.timer)
      this.#open.delete(socket)
    })
    if (this.#open.size > MOST) this.#dropOldest()
  }

  /** The request is whole; the service works for it. */
  working(socket: Socket): void {
    const connection = this.#open.get(socket)
    if (!connection) return
    clearTimeout(connection.timer)
    connection.working = true
  }

  /** The answer is on its way. */
  answering(socket: Socket): void {
    this.#hurry(socket)
  }

  closeAll(): void {
    for (const socket of this.#open.keys()) socket.destroy()
  }

  #hurry(socket: Socket): void {
    const connection = this.#open.get(socket)
    if (!connection) return
    clearTimeout(connection.timer)
    connection.working = false
    connection.timer = setTimeout(() => socket.destroy(), this.#patienceMs)
  }

  #dropOldest(): void {
    for (const [socket, { working, timer }] of this.#open) {
      if (working) continue
      clearTimeout(timer)
      this.#open.delete(socket)
      socket.destroy()
      return
    }
  }
}
