import { EXIT, QuietcoreError } from '../core/errors.ts'
import { DEFAULT_SERVICE_CONFIG } from '../core/service/service-config.ts'
import { openPorts, requirePrivilege } from '../engine/open-ports.ts'
import { readServiceConfig } from '../engine/read-service-config.ts'
import { openNotifier } from '../host/notifier.ts'
import type { Ports } from '../host/ports.ts'
import { serviceLog } from '../host/service-log.ts'
import { requireRoom } from '../host/state-disk.ts'
import { Board } from './board.ts'
import { openControl } from './control/open-control.ts'
import { followSchedule } from './follow-schedule.ts'
import { keepHistory } from './keep-history.ts'
import { Keeper } from './keeper.ts'
import { LiveService } from './live-service.ts'
import { openMetrics } from './metrics/open-metrics.ts'
import { beTheOnlyOne } from './only-one.ts'
import { ParkedWork } from './parked-work.ts'
import { onPokes } from './pokes.ts'
import { Problems } from './problems.ts'
import type { ServiceParts } from './service-parts.ts'
import { onSignals } from './signals.ts'
import { startServing } from './start.ts'
import { Told } from './told.ts'
import { Tuner } from './tuner.ts'
import { startWatchdog } from './watchdog.ts'
import { WorkQueue } from './work-queue.ts'

const STATE_FOLDER = '/var/lib/quietcore'
const EXTENSION_MS = 60_000
/** A script and a menu have ten minutes each; what takes longer hangs. */
const LONGEST_STOP_MS = 20 * 60_000

export interface DaemonOptions {
  root: string
  version: string
  /** gives memory back to the kernel; called when there is nothing left to do */
  giveBack: () => void
}

/**
 * The service, from its start to SIGTERM. Answers the exit code; the tuning stays.
 * @throws InputError, MachineError when it cannot start
 */
export async function runDaemon({ root: dir, version, giveBack }: DaemonOptions): Promise<number> {
  const log = serviceLog(DEFAULT_SERVICE_CONFIG.logLevel)
  const notifier = openNotifier()
  const ports = openPorts(dir, log)
  requirePrivilege(ports, 'daemon')
  const leave = beTheOnlyOne(ports.root)
  const problems = new Problems(() => ports.clock.now(), log)
  const board = new Board(version, problems, notifier)
  const queue = new WorkQueue(() => ports.clock.monotonicMs(), giveBack)
  const parked = new ParkedWork(ports.root)
  const tuner = new Tuner(ports.root)
  const told = new Told(ports.root)
  const stop = new AbortController()
  const parts: ServiceParts = {
    ports,
    board,
    queue,
    parked,
    tuner,
    told,
    stop: stop.signal,
    readConfig() {
      told.remember()
      return readServiceConfig(ports.root)
    },
    extendStart: (ms) => notifier.extend(ms),
    reloading: () => notifier.reloading(),
    setLogLevel(least) {
      log.setLevel(least)
      tuner.setLogLevel(least)
    },
    async configured(config) {
      await followSchedule(config, tuner, board)
      keepHistory(config, ports, board)
    },
  }
  const keeper = new Keeper(parts)
  const service = new LiveService(parts, keeper)
  const signals = onSignals(service)
  void signals.stopped.then(() => stop.abort())
  const closing: (() => void | Promise<void>)[] = [signals.close, leave]
  try {
    const started = queue.add('start', () => startServing(keeper, parts))
    // It may fail while the doors open; whoever waits for it below hears of it all the same.
    started.catch(() => {})
    closing.unshift(...(await openDoors(service, ports, problems)))
    if ((await Promise.race([started.then(() => 'started'), signals.stopped])) === 'started') {
      keeper.started()
      board.ready()
      log.write('info', `quietcore ${version} serves`)
      closing.unshift(onPokes(service, ports, told, () => keepHistory(keeper.knownConfig, ports, board)))
      closing.unshift(
        startWatchdog(notifier, queue, () => {
          lookAtDisk(ports, problems)
          board.update()
          parked.tick()
        }),
      )
      await signals.stopped
    }
    board.stopping()
    return EXIT.done
  } catch (error) {
    if (error instanceof QuietcoreError) notifier.status(error.message)
    throw error
  } finally {
    parked.close()
    await whileExtending(queue.close(), (ms) => notifier.extend(ms))
    for (const close of closing) await close()
    await notifier.sent()
  }
}

/** A boot loader's menu that is half written may not boot: work under way has its time beyond TimeoutStopSec=. */
async function whileExtending(work: Promise<void>, extend: (ms: number) => void): Promise<void> {
  const timer = setInterval(() => extend(EXTENSION_MS), EXTENSION_MS / 4)
  const atLast = setTimeout(() => clearInterval(timer), LONGEST_STOP_MS)
  await work
  clearInterval(timer)
  clearTimeout(atLast)
}

/** The socket and the metrics. The machine is tuned also without them. */
async function openDoors(
  service: LiveService,
  ports: Ports,
  problems: Problems,
): Promise<(() => void | Promise<void>)[]> {
  const metrics = openMetrics(service, ports)
  try {
    const control = await openControl(service, ports)
    return [() => control.close(), () => metrics.close()]
  } catch (error) {
    problems.set('control', error)
    return [() => metrics.close()]
  }
}

function lookAtDisk({ root }: Ports, problems: Problems): void {
  try {
    requireRoom(root, STATE_FOLDER)
    problems.clear('disk')
  } catch (error) {
    problems.set('disk', error)
  }
}
