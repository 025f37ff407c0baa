import { errorAnswer } from '../../answers/answer.ts'
import { QuietcoreError } from '../../core/errors.ts'
import { openPorts } from '../../engine/open-ports.ts'
import { serviceLog } from '../../host/service-log.ts'
import { startUnit, stopUnit } from '../run-unit.ts'
import { readSuites } from '../schedule/read-suites.ts'
import { syncSchedule } from '../schedule/sync-schedule.ts'
import type { Order, Scheduled, Work, Works } from './order.ts'
import { Tuning } from './tuning.ts'

/** The service ends its work in order; a terminal's Ctrl-C and a stop reach the whole group. */
const LEFT_TO_THE_SERVICE = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const

type Doers = { [W in Work]: (order: Order<W>) => Promise<Works[W]['answer']> }

/** Does the order that comes on standard input, and writes its answer, or its error, to standard output. */
export async function doWork(): Promise<void> {
  for (const name of LEFT_TO_THE_SERVICE) process.on(name, () => {})
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  const order = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Order
  const answer = await done(order)
  await new Promise<void>((resolve) => process.stdout.write(JSON.stringify(answer), () => resolve()))
}

async function done(order: Order): Promise<object> {
  try {
    const doer = DOERS[order.work] as (order: Order) => Promise<object>
    return { answer: await doer(order) }
  } catch (error) {
    if (!(error instanceof QuietcoreError)) log(order).write('error', stackOf(error))
    return errorAnswer(error)
  }
}

const DOERS: Doers = {
  async recover(order) {
    await tuning(order).recover()
    return {}
  },
  apply: (order) => tuning(order).apply(order.asked),
  off: (order) => tuning(order).off(),
  verify: (order) => tuning(order).verify(order.asked.other),
  schedule: (order) => scheduled(order),
  'start-run': (order) => startUnit(order.asked.suite, openPorts(order.root, log(order))),
  async 'stop-run'(order) {
    await stopUnit(order.asked.suite, openPorts(order.root, log(order)))
    return {}
  },
}

/** systemd is the machine's own: a tree of files has none. */
async function scheduled(order: Order<'schedule'>): Promise<Scheduled> {
  const ports = openPorts(order.root, log(order))
  if (ports.root.live) return syncSchedule(order.asked.config, ports)
  return { schedule: [], problems: readSuites(ports).problems }
}

function tuning(order: Order): Tuning {
  return new Tuning(order.root, order.service, log(order))
}

function log({ logLevel }: Order) {
  return serviceLog(logLevel)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
