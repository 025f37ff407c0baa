import * as http from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Reply {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

/** One request as curl --unix-socket would send it. */
export function request(
  socketPath: string,
  method: string,
  path: string,
  body?: string | Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      {
        socketPath,
        method,
        path,
        agent: false,
        ...(body === undefined ? {} : { headers: { 'Content-Length': body.length } }),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Sends bytes as they are and answers all that comes until the other side closes. */
export function raw(socketPath: string, ...parts: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(socketPath, () => {
      for (const part of parts) socket.write(part)
    })
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

/** A connection on which nothing is sent or read. */
export function idle(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath, () => resolve(socket))
    socket.on('error', reject)
  })
}
