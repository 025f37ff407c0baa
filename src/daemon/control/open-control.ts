import { createServer, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { answerText, errorAnswer } from '../../answers/answer.ts'
import { codeOf } from '../../host/io-error.ts'
import type { Ports } from '../../host/ports.ts'
import { openMetricsText } from '../metrics/metrics-text.ts'
import type { Service } from '../service-state.ts'
import { Connections } from './connections.ts'
import { makeHandler } from './handle.ts'
import { listenOnControl } from './listen.ts'
import { Refusal } from './refusal.ts'

/** The largest setInterval: node:http looks for slow clients by a timer that ticks for ever; Connections does it here. */
const NEVER_MS = 2 ** 31 - 1
const LARGEST_HEADERS_BYTES = 8 * 1024

/**
 * Opens /run/quietcore/control.sock: HTTP/1.1 and JSON for root (docs/control.md). While nobody is connected it has no
 * timer.
 * @throws MachineError when another service is there or the socket cannot be made
 */
export async function openControl(service: Service, ports: Ports): Promise<{ close(): Promise<void> }> {
  const { root, log } = ports
  const connections = new Connections()
  const server = createServer(
    {
      connectionsCheckingInterval: NEVER_MS,
      requestTimeout: 0,
      headersTimeout: 0,
      maxHeaderSize: LARGEST_HEADERS_BYTES,
    },
    makeHandler(service, openMetricsText(service, ports), connections, log),
  )
  // What is pipelined behind the first request is refused.
  server.maxRequestsPerSocket = 1
  server.on('connection', (socket) => connections.add(socket))
  server.on('clientError', refuseGarbage)
  await listenOnControl(server, root)
  // EMFILE of accept(2) and such: said, and the next client is served again.
  server.on('error', (error) => log.write('error', `control socket: ${error.message}`))
  return {
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      connections.closeAll()
      return closed
    },
  }
}

/** What is no HTTP, or has too large headers. */
function refuseGarbage(error: Error, stream: unknown): void {
  const socket = stream as Socket
  if (codeOf(error) === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const tooLarge = codeOf(error) === 'HPE_HEADER_OVERFLOW'
  const status = tooLarge ? 431 : 400
  const text = answerText(
    errorAnswer(new Refusal(status, 'bad-request', `this is no HTTP/1.1 request: ${error.message}`)),
  )
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n`
  socket.end(head + text)
}
