import type { IncomingMessage } from 'node:http'
import * as v from 'valibot'
import { Refusal } from './refusal.ts'

/** A request names a profile, directories and a few variables. */
const LARGEST_BODY_BYTES = 64 * 1024

/**
 * The JSON of a request; no body is an empty object. What is too large is read to its end and forgotten, so that the
 * client, which reads only then, learns why.
 * @throws Refusal 400, 413
 */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= LARGEST_BODY_BYTES) chunks.push(chunk)
    else chunks.length = 0
  }
  if (length > LARGEST_BODY_BYTES) {
    throw new Refusal(413, 'body-too-large', `the body has ${length} bytes, more than ${LARGEST_BODY_BYTES}`)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'bad-json', 'the body is not JSON')
  }
}

/** @throws Refusal 400 that names the first field which is not as wanted */
export function checked<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const { success, output, issues } = v.safeParse(schema, body)
  if (success) return output
  const [first] = issues
  const path = v.getDotPath(first)
  throw new Refusal(400, 'bad-request', path === null ? first.message : `'${path}': ${first.message}`)
}
