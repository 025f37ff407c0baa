import { formatPlace, InputError } from '../../core/errors.ts'
import { type NovaSets, novaSets } from '../../core/gate/agreement/dedicated-set.ts'
import { failedLink } from '../../core/gate/failed-link.ts'
import { absent, type Link } from '../../core/gate/link.ts'
import { optionLabel } from '../../core/nova/conf/options.ts'
import { managedValues } from '../../core/nova/conf/remember.ts'
import { readNovaConf } from '../../knobs/read-nova-conf.ts'
import type { Machine } from '../../settings/kind.ts'
import { asApplied } from '../nova/conf-asked.ts'
import { type ConfPlan, planConf } from '../nova/conf-plan.ts'
import { isOtherConfFile } from '../nova/other-conf-files.ts'
import type { ProfileChoice } from '../resolve-profile.ts'
import type { GateRequest } from './gate-request.ts'

const USUAL = '/etc/nova/nova.conf'
/** Errors that say nothing of the file: there is no profile to hold it against. */
const NO_PROFILE: ReadonlySet<string> = new Set(['no-active-profile', 'nothing-isolated'])

/** nova.conf as a link, and the CPU sets that it gives to nova. */
export interface NovaConfLook {
  link: Link
  sets?: NovaSets
}

/** @throws InputError for a file that was named and is not there */
export function novaConf(
  request: GateRequest,
  choice: ProfileChoice | undefined,
  machine: Machine,
): NovaConfLook {
  const { root } = machine.ports
  if (request.skip.includes('nova-conf')) return { link: absent('nova-conf', 'left out with --skip') }
  const path = request.novaConf ?? USUAL
  if (!root.exists(path)) {
    if (request.novaConf !== undefined) readNovaConf(path, root)
    return { link: withoutFile(machine) }
  }
  try {
    const sets = novaSets(managedValues(readNovaConf(path, root), path), path)
    if (typeof sets === 'string') return { link: failed(path, sets) }
    return { link: verified(path, request, choice, machine), sets }
  } catch (error) {
    return { link: failedLink('nova-conf', path, error, stateOf(error)) }
  }
}

/** nova-compute in a container reads a file of its own, and this machine's processes show it. */
function withoutFile({ ports }: Machine): Link {
  const compute = ports.tasks.all().find(({ comm, kernel }) => comm === 'nova-compute' && !kernel)
  if (compute === undefined) return absent('nova-conf', `there is no ${USUAL}`)
  return {
    kind: 'nova-conf',
    subject: null,
    state: 'undecided',
    evidence: [`nova-compute runs here (pid ${compute.pid}), and there is no ${USUAL}`],
    next: ['name its file with --nova-conf'],
  }
}

function verified(
  path: string,
  request: GateRequest,
  choice: ProfileChoice | undefined,
  machine: Machine,
): Link {
  try {
    const asked = {
      path,
      reservedHugePages: [],
      skip: request.novaSkip,
      ...(choice === undefined ? {} : { profile: choice }),
      ...(request.sharedCores === undefined ? {} : { shared: request.sharedCores }),
    }
    return planned(planConf(asApplied(asked, machine.ports), machine))
  } catch (error) {
    return failedLink('nova-conf', path, error, isOfOther(error, path) ? 'undecided' : stateOf(error))
  }
}

/** As with options that are set elsewhere: whether that file is read depends on how nova-compute is started. */
function isOfOther(error: unknown, path: string): boolean {
  const file = error instanceof InputError ? error.place?.file : undefined
  return file !== undefined && file !== path && isOtherConfFile(file)
}

/** A file that nova would not start with is an answer, and the answer is no. */
function stateOf(error: unknown): Link['state'] {
  return error instanceof InputError && !NO_PROFILE.has(error.code) ? 'fail' : 'undecided'
}

function planned({ path, release, options, warnings }: ConfPlan): Link {
  const open = options.filter(({ state }) => state === 'differs')
  // A file that nova-compute reads later may win; whether it is read depends on how nova-compute is started.
  const elsewhere = warnings.some(({ code }) => code === 'set-elsewhere')
  return {
    kind: 'nova-conf',
    subject: path,
    state: open.length > 0 ? 'fail' : elsewhere ? 'undecided' : 'pass',
    evidence: [
      `nova ${release.name}: ${open.length > 0 ? `${open.length} of ${options.length} options differ` : `all ${options.length} options as wanted`}`,
      ...open.map(
        (option) =>
          `${optionLabel(option)}: want ${option.values.join(' ') || 'not set'}, have ${option.have.join(' ') || 'not set'}`,
      ),
      ...warnings.map(({ message, place }) => `${place ? `${formatPlace(place)}: ` : ''}${message}`),
    ],
    next: [
      ...(open.length > 0 ? ['quietcore nova conf apply, then restart nova-compute'] : []),
      ...(elsewhere ? ['take the option out of the other file'] : []),
    ],
  }
}

function failed(path: string, evidence: string): Link {
  return { kind: 'nova-conf', subject: path, state: 'fail', evidence: [evidence], next: ['mend the set'] }
}
