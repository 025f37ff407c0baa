import * as http from 'node:http'
import { MachineError } from '../../core/errors.ts'
import { CONTROL_SOCKET, fitsSocket } from '../../core/service/control.ts'
import { codeOf } from '../io-error.ts'
import type { Root } from '../ports.ts'
import { readAnswer } from './read-answer.ts'

export interface ServiceRequest {
  method: 'GET' | 'POST'
  path: string
  body?: object
  /** for questions that the service answers at once; work (apply, off, verify) may take long */
  timeoutMs?: number
}

/** Settings of the largest hosts are a few MB. */
const LARGEST_ANSWER_BYTES = 256 * 1024 * 1024

/** There is nobody behind the socket, or no socket. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTDIR'])

/**
 * Asks the running service of this machine. Answers undefined when none runs.
 * @throws InputError, MachineError as the service answers them; MachineError `service-forbidden` without the right to
 *   ask, `service-silent` after `timeoutMs`, `service-lost` when it ended before it answered
 */
export function askService<T extends object>(root: Root, request: ServiceRequest): Promise<T | undefined> {
  const socketPath = root.outside(CONTROL_SOCKET)
  if (!fitsSocket(socketPath)) return Promise.resolve(undefined)
  const { method, path, body, timeoutMs } = request
  const content = body === undefined ? '' : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      NOBODY.has(codeOf(error) ?? '') ? resolve(undefined) : reject(failure(error, request))
    const sent = http.request(
      {
        socketPath,
        method,
        path,
        agent: false,
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) },
        ...(timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
      },
      (response) => {
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > LARGEST_ANSWER_BYTES) response.destroy(new Error('the answer is larger than 256 MiB'))
          else chunks.push(chunk)
        })
        response.on('end', () => {
          try {
            resolve(readAnswer(Buffer.concat(chunks).toString('utf8')) as T)
          } catch (error) {
            reject(error)
          }
        })
        response.on('error', fail)
      },
    )
    sent.on('error', fail)
    sent.end(content)
  })
}

function failure(error: Error, { method, path, timeoutMs }: ServiceRequest): MachineError {
  const code = codeOf(error)
  const place = { file: CONTROL_SOCKET }
  if (code === 'EACCES' || code === 'EPERM') {
    return new MachineError({
      code: 'service-forbidden',
      message: 'quietcore.service runs, and only root may ask it',
      place,
      next: 'Run it with sudo or as root.',
      cause: error,
    })
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return new MachineError({
      code: 'service-silent',
      message: `quietcore.service did not answer within ${(timeoutMs ?? 0) / 1000} s`,
      place,
      next: 'See `systemctl status quietcore` and `journalctl -u quietcore`.',
      cause: error,
    })
  }
  return new MachineError({
    code: 'service-lost',
    message: `quietcore.service did not answer ${method} ${path}: ${error.message}`,
    place,
    next: 'See `quietcore status` for how the machine stands, and `journalctl -u quietcore`.',
    cause: error,
  })
}
