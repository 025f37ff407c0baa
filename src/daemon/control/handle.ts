import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerText, errorAnswer } from '../../answers/answer.ts'
import { QuietcoreError } from '../../core/errors.ts'
import type { Log } from '../../host/ports.ts'
import type { Service } from '../service-state.ts'
import type { Connections } from './connections.ts'
import { readBody } from './read-body.ts'
import { Refusal, statusOf } from './refusal.ts'
import { ROUTES, type Route } from './routes.ts'

/** Work that waits for its turn; more than these at once are a fault of somebody's. */
const MOST_WAITING = 16

const JSON_TYPE = 'application/json; charset=utf-8'
/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Answers requests from the routes, one answer a connection. Nothing that a client sends makes it throw. */
export function makeHandler(
  service: Service,
  metrics: () => string,
  connections: Connections,
  log: Log,
): Handler {
  let waiting = 0

  // Clients that ask the same at the same time share one answer's memory, however slowly they read it.
  const shared = new Map<string, { text: string; content: Buffer }>()

  function share(path: string, text: string): Buffer {
    const known = shared.get(path)
    if (known?.text === text) return known.content
    const content = Buffer.from(text)
    shared.set(path, { text, content })
    return content
  }

  async function answer(request: IncomingMessage): Promise<[type: string, content: Buffer]> {
    const path = (request.url ?? '').split('?', 1)[0]!
    // Read before anything is refused: a client reads the answer when it has sent its request.
    const body = await readBody(request)
    connections.working(request.socket)
    if (path === '/metrics') {
      allow(request, ['GET'])
      return [METRICS_TYPE, share(path, metrics())]
    }
    const route = findRoute(path, request)
    if (route.method === 'GET') return [JSON_TYPE, share(path, answerText(await route.answer(service, body)))]
    if (waiting >= MOST_WAITING) throw busy()
    waiting++
    try {
      return [JSON_TYPE, Buffer.from(answerText(await route.answer(service, body)))]
    } finally {
      waiting--
    }
  }

  return (request, response) => {
    answer(request).then(
      ([type, content]) => send(response, 200, type, content),
      (error: unknown) => {
        // A client that went away needs no answer.
        if (request.destroyed && !request.complete) return
        if (!(error instanceof QuietcoreError))
          log.write('error', `control socket: ${request.method} ${request.url}: ${stackOf(error)}`)
        const allowed = error instanceof Refusal ? error.allow : undefined
        if (allowed !== undefined) response.setHeader('Allow', allowed)
        send(response, statusOf(error), JSON_TYPE, Buffer.from(answerText(errorAnswer(error))))
      },
    )
  }

  function send(response: ServerResponse, status: number, type: string, content: Buffer): void {
    if (response.destroyed) return
    response.sendDate = false
    response.writeHead(status, {
      'Content-Type': type,
      'Content-Length': content.length,
      Connection: 'close',
    })
    response.end(content)
    if (response.socket) connections.answering(response.socket)
  }
}

function findRoute(path: string, request: IncomingMessage): Route {
  const there = ROUTES.filter((route) => route.path === path)
  if (there.length === 0) {
    throw new Refusal(404, 'unknown-route', `there is no ${JSON.stringify(path.slice(0, 80))}`, {
      next: `There are /metrics, ${ROUTES.map((route) => route.path).join(', ')}.`,
    })
  }
  allow(
    request,
    there.map(({ method }) => method),
  )
  return there[0]!
}

function allow({ method }: IncomingMessage, methods: readonly string[]): void {
  if (methods.includes(method ?? '')) return
  const allowed = methods.join(', ')
  throw new Refusal(405, 'wrong-method', `${method} is not possible here`, {
    next: `Use ${allowed}.`,
    allow: allowed,
  })
}

function busy(): Refusal {
  return new Refusal(503, 'service-busy', `${MOST_WAITING} requests wait for the service already`, {
    next: 'Try again when they are done: see `quietcore status`.',
  })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
