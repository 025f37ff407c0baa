import { findLoader } from '../boot/loaders.ts'
import { collectFacts } from '../host/facts.ts'
import type { Log } from '../host/ports.ts'
import type { Machine } from '../settings/kind.ts'
import { openPorts } from './open-ports.ts'
import { serviceRuns } from './service-presence.ts'

/** The machine with its facts, collected once. */
export function openMachine(dir: string, log?: Log): Machine {
  const ports = openPorts(dir, log)
  return {
    facts: collectFacts(ports.root),
    ports,
    loader: findLoader(ports.root),
    service: serviceRuns(ports.root),
  }
}
