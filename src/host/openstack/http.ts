import * as fs from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { InputError, MachineError } from '../../core/errors.ts'
import type { Cloud } from './cloud.ts'

export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  /** undefined for an empty body */
  body: unknown
}

export interface Request {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>>
  body?: unknown
}

/** Answers of Keystone and Nova are far smaller; more is not theirs. */
const LARGEST_BODY_BYTES = 64 * 1024 * 1024

/**
 * Requests to one cloud, on connections that stay open. node:https rather than fetch: fetch has no way to trust a
 * cloud's own authority (cacert) in Node 20 without a further package.
 */
export class HttpClient {
  readonly #trust: https.AgentOptions
  readonly #agents: { http: http.Agent; https: https.Agent }
  readonly #timeoutMs: number

  constructor(cloud: Pick<Cloud, 'caCert' | 'verify' | 'timeoutMs'>) {
    this.#timeoutMs = cloud.timeoutMs
    const ca = cloud.caCert === undefined ? {} : { ca: readCa(cloud.caCert) }
    this.#trust = { rejectUnauthorized: cloud.verify, ...ca }
    this.#agents = {
      http: new http.Agent({ keepAlive: true }),
      https: new https.Agent({ keepAlive: true, ...this.#trust }),
    }
  }

  /**
   * @throws MachineError when there is no answer in time, or one that is no JSON. Neither headers nor bodies of
   *   requests are in it.
   */
  async send(request: Request): Promise<Answer> {
    const url = new URL(request.url)
    const { status, headers, text } = await this.#exchange(request, url, true)
    return { status, headers, body: text === '' ? undefined : parse(text, status, url) }
  }

  close(): void {
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }

  #exchange(request: Request, url: URL, mayRepeat: boolean): Promise<Exchange> {
    const { method, headers, body } = request
    const secure = url.protocol === 'https:'
    const kept = secure ? this.#agents.https : this.#agents.http
    const content = body === undefined ? undefined : JSON.stringify(body)
    const options: https.RequestOptions = {
      method,
      agent: mayRepeat ? kept : secure ? new https.Agent(this.#trust) : new http.Agent(),
      headers: {
        Accept: 'application/json',
        ...headers,
        ...(content === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }),
      },
      signal: AbortSignal.timeout(this.#timeoutMs),
    }
    return new Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }>(
      (resolve, reject) => {
        const fail = (error: Error): void => reject(unreachable(url, error, this.#timeoutMs))
        const sent = (secure ? https : http).request(url, options, (response) => {
          const chunks: Buffer[] = []
          let length = 0
          response.on('data', (chunk: Buffer) => {
            length += chunk.length
            if (length > LARGEST_BODY_BYTES) response.destroy(new Error('the answer is larger than 64 MiB'))
            else chunks.push(chunk)
          })
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          )
          response.on('error', fail)
        })
        sent.on('error', (error) => {
          // A server may close an idle connection just as we use it again; the request never reached it (nodejs.org, http).
          if (!mayRepeat || !sent.reusedSocket || codeOf(error) !== 'ECONNRESET') return fail(error)
          this.#exchange(request, url, false).then(resolve, reject)
        })
        sent.end(content)
      },
    )
  }
}

interface Exchange {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name
}

function parse(text: string, status: number, url: URL): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // An error page of a proxy is HTML; its status says enough.
    if (status >= 400) return undefined
    throw new MachineError({
      code: 'openstack-garbage',
      message: `${shown(url)} answered ${status} with something that is no JSON`,
      next: 'Is this the address of an OpenStack API? Look at auth_url and the service catalog.',
      cause: error,
    })
  }
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/

function unreachable(url: URL, error: Error, timeoutMs: number): MachineError {
  const code = codeOf(error)
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    return new MachineError({
      code: 'openstack-timeout',
      message: `${shown(url)} did not answer within ${timeoutMs / 1000} s`,
      next: 'Try again, look at the load of the API, or give more time with --timeout.',
      cause: error,
    })
  }
  if (CERTIFICATE.test(code)) {
    return new MachineError({
      code: 'openstack-certificate',
      message: `the certificate of ${url.host} does not verify (${code})`,
      next: "Name the authority's PEM file as cacert in clouds.yaml or as OS_CACERT.",
      cause: error,
    })
  }
  return new MachineError({
    code: 'openstack-unreachable',
    message: `${shown(url)} cannot be reached: ${error.message || code}`,
    next: 'Check the address (auth_url, region, interface) and the network to it.',
    cause: error,
  })
}

/** Without user, password, query: an address may carry them. */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

function readCa(file: string): Buffer {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    throw new InputError({
      code: 'bad-cacert',
      message: `the cacert cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      place: { file },
      next: 'Correct cacert in clouds.yaml, or OS_CACERT.',
    })
  }
}
