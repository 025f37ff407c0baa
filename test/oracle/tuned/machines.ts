import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type MachineSpec, makeMachine } from '../../support/made-machine.ts'

export interface OracleMachine {
  name: string
  spec: MachineSpec
  /** `isolated_cores` and others of every *-variables.conf */
  variables: string
}

/** The machines on which every profile of the package is compared. */
export const ORACLE_MACHINES: readonly OracleMachine[] = [
  {
    name: '2 CPUs, AMD',
    spec: { cpus: 2, vendor: 'AuthenticAMD', model: 'AMD EPYC 7313' },
    variables: 'isolated_cores=1\nisolate_managed_irq=Y\n',
  },
  {
    name: '2 NUMA nodes with SMT, Intel',
    spec: { cpus: 32, nodes: 2, threadsPerCore: 2, kernelRelease: '6.1.0-21-rt-amd64', realtime: true },
    variables: 'isolated_cores=2-7,10-15,18-23,26-31\nisolate_managed_irq=N\nnetdev_queue_count=4\n',
  },
  {
    name: '112 CPUs, some offline',
    spec: { cpus: 112, nodes: 2, threadsPerCore: 2, offline: '54-55,110-111', isolated: '2-53' },
    variables: 'isolated_cores=${f:calc_isolated_cores:2}\nisolate_managed_irq=1\nno_balance_cores=5-10\n',
  },
]

/** Lays the machine out under a new directory, with the profiles of Debian's package in it. */
export function layOut({ spec, variables }: OracleMachine, { profiles = true } = {}): string {
  const root = makeMachine(mkdtempSync(join(tmpdir(), 'quietcore-oracle-')), spec)
  if (!profiles) return root
  cpSync('/usr/lib/tuned', join(root, 'usr/lib/tuned'), { recursive: true })
  for (const file of readdirSync('/etc/tuned').filter((name) => name.endsWith('-variables.conf'))) {
    write(root, `/etc/tuned/${file}`, variables)
  }
  return root
}

export function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

export function tearDown(root: string): void {
  rmSync(root, { recursive: true, force: true })
}
