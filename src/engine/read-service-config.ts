import { parseServiceConfig } from '../core/service/parse-service-config.ts'
import { DEFAULT_SERVICE_CONFIG, SERVICE_CONFIG, type ServiceConfig } from '../core/service/service-config.ts'
import type { Root } from '../host/ports.ts'

/** @throws InputError with file and line; MachineError when it cannot be read */
export function readServiceConfig(root: Root): ServiceConfig {
  const text = root.readTextIfThere(SERVICE_CONFIG)
  return text === undefined ? DEFAULT_SERVICE_CONFIG : parseServiceConfig(text)
}
