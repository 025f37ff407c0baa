import type { CpuSet } from '../../core/cpu/cpu-set.ts'
import { InputError } from '../../core/errors.ts'
import { refuseFatal } from '../../core/nova/conf/check.ts'
import { meansTheSame } from '../../core/nova/conf/compare.ts'
import { editConf } from '../../core/nova/conf/edit.ts'
import { MANAGED, optionId } from '../../core/nova/conf/options.ts'
import { managedValues, renderManaged } from '../../core/nova/conf/remember.ts'
import { refuseReservations } from '../../core/nova/conf/reserved-pages.ts'
import { type WantedOption, wantedOptions } from '../../core/nova/conf/wanted.ts'
import { type Release, SINCE } from '../../core/nova/release.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Setting } from '../../core/plan/setting.ts'
import type { Warning } from '../../core/warning.ts'
import { readNovaConf } from '../../knobs/read-nova-conf.ts'
import type { Machine } from '../../settings/kind.ts'
import { type ConfRequest, isolatedCpus, novaRelease, sharedCpus } from './conf-request.ts'
import { otherConfFiles, setElsewhere } from './other-conf-files.ts'

export interface ConfOption extends WantedOption {
  /** as nova reads them now; empty when it is not set */
  have: readonly string[]
  state: 'ok' | 'differs'
}

/** What nova.conf is to say, and what it says. */
export interface ConfPlan {
  path: string
  profile: string
  release: Release
  isolated: CpuSet
  shared: CpuSet
  options: readonly ConfOption[]
  warnings: readonly Warning[]
  plan: Plan
}

/**
 * Compares nova.conf with what the profile's isolated CPUs ask for. Writes nothing.
 * @throws InputError for a file that nova could not read, and for one that would stop nova-compute
 */
export function planConf(request: ConfRequest, machine: Machine): ConfPlan {
  const { root } = machine.ports
  const { path } = request
  const text = readNovaConf(path, root)
  const values = managedValues(text, path)
  const { profile, isolated } = isolatedCpus(request, machine)
  const { shared, hostHasNone } = sharedCpus(request, isolated, machine)
  const release = novaRelease(request, root)
  const scheduler = request.scheduler ?? values.get('filter_scheduler/enabled_filters')?.length !== 0
  const { reservedHugePages, headless = false } = request
  const filters = values.get('filter_scheduler/enabled_filters') ?? []
  const left = request.skip.includes('filter_scheduler.enabled_filters')
  if (scheduler && !left && filters.length === 0) refuseUnknownFilters(release, path)
  refuseReservations(reservedHugePages, machine.facts.nodes)
  const share = { isolated, shared, reservedHugePages, headless, scheduler, release }
  const wantedOf = (there: ReadonlyMap<string, readonly string[]>) =>
    skipped(wantedOptions(share, there), request.skip)
  const options = wantedOf(values).map((option): ConfOption => {
    const have = values.get(optionId(option)) ?? []
    return { ...option, have, state: meansTheSame(option, have) ? 'ok' : 'differs' }
  })
  const edits = options
    .filter(({ state }) => state === 'differs')
    .map(({ section, key, values: wanted }) => ({ section, key, values: [...wanted] }))
  const after = editConf(text, edits, path)
  const others = otherConfFiles(path, root)
  refuseFatal([{ file: path, text: after }, ...others], release, machine.facts.cpu.online)
  const warnings = [
    ...isolationWarnings(isolated, machine),
    ...(hostHasNone ? [hostSharesAll(shared)] : []),
    ...setElsewhere(others, wantedOf),
  ]
  const setting: Setting = {
    id: `nova-conf:${path}`,
    section: 'nova',
    target: path,
    want: renderManaged(managedValues(after, path)),
    effect: 'now',
    knob: { knob: 'nova-conf', path },
    compare: 'bytes',
    write: edits,
  }
  const plan = { profile: 'nova.conf', settings: [setting], warnings, cmdline: { running: '', wanted: '' } }
  return { path, profile, release, isolated, shared, options, warnings, plan }
}

function skipped(options: readonly WantedOption[], skip: readonly string[]): WantedOption[] {
  const name = ({ section, key }: { section: string; key: string }) => `${section}.${key}`
  const unknown = skip.find((one) => !MANAGED.some((option) => name(option) === one))
  if (unknown !== undefined) {
    throw new InputError({
      code: 'unknown-option',
      message: `'${unknown}' is no option that quietcore writes`,
      next: `It writes ${MANAGED.map(name).join(', ')}.`,
    })
  }
  return options.filter((option) => !skip.includes(name(option)))
}

/** The default that NUMATopologyFilter is added to is known from Zed on; another one would lose or gain filters. */
function refuseUnknownFilters(release: Release, file: string): void {
  if (release.major >= SINCE.knownFilters) return
  throw new InputError({
    code: 'filters-not-known',
    message: `[filter_scheduler] enabled_filters is not set, and which filters nova ${release.name} enables then is not known here`,
    place: { file },
    next: `Set it to the default of nova ${release.name} (its documentation of the scheduler has it), then plan again: NUMATopologyFilter is added to what stands there. Nothing was changed.`,
  })
}

/** nova pins to CPUs that the running kernel does not isolate yet. */
function isolationWarnings(isolated: CpuSet, { facts }: Machine): Warning[] {
  const missing = isolated.minus(facts.cpu.isolated)
  if (missing.size === 0) return []
  return [
    {
      code: 'isolation-not-running',
      message: `the running kernel does not isolate the CPUs ${missing}: apply the profile and reboot before nova-compute is restarted`,
    },
  ]
}

function hostSharesAll(shared: CpuSet): Warning {
  return {
    code: 'host-keeps-nothing',
    message: `no housekeeping CPU is left for the host alone: emulator threads share ${shared} with the host; isolate fewer CPUs, or name what the host keeps with --host-keeps`,
  }
}
