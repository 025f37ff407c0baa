import { Command } from 'commander'
import { EXIT } from '../../../core/errors.ts'
import { optionLabel } from '../../../core/nova/conf/options.ts'
import { readJournal, requireActive } from '../../../engine/active.ts'
import { applyConf } from '../../../engine/nova/conf-apply.ts'
import { asApplied } from '../../../engine/nova/conf-asked.ts'
import { type ConfOption, type ConfPlan, planConf } from '../../../engine/nova/conf-plan.ts'
import type { ConfRequest } from '../../../engine/nova/conf-request.ts'
import { openMachine } from '../../../engine/open-machine.ts'
import type { Machine } from '../../../settings/kind.ts'
import { choiceOf, command, type TuningOptions, withTuningOptions } from '../../options.ts'
import { colour, print, printJson } from '../../output.ts'
import { warningsText } from '../../plan-text.ts'
import { table } from '../../table.ts'
import { recoveredText } from '../../undone-text.ts'

interface ConfOptions extends TuningOptions {
  conf: string
  profile?: string
  release?: string
  sharedCores?: string
  hostKeeps?: string
  reservedHugePages?: string[]
  headless?: boolean
  scheduler?: boolean
  skip?: string[]
}

export function novaConf(): Command {
  return new Command('conf')
    .description("Plan, apply and verify nova.conf on a compute node, from the profile's isolated CPUs.")
    .helpOption('-h, --help', 'show this help')
    .addCommand(plan())
    .addCommand(apply())
    .addCommand(verify())
    .addHelpText('after', '\nExample:\n  quietcore nova conf plan --conf /etc/nova/nova.conf')
}

function plan(): Command {
  return common('plan', 'quietcore nova conf plan --reserved-huge-pages node:0,size:1GB,count:2')
    .description('Show what would change in nova.conf; writes nothing.')
    .action((options: ConfOptions) => {
      const machine = openMachine(options.root)
      const planned = planConf(request(options, machine), machine)
      if (options.json) printJson(confJson(planned))
      else print(`${confText(planned, planned.options)}Nothing was written.\n`)
    })
}

function apply(): Command {
  return common('apply', 'quietcore nova conf apply')
    .description('Write nova.conf, journalled; `quietcore off` undoes it.')
    .action(async (options: ConfOptions) => {
      const machine = openMachine(options.root)
      const { plan: planned, changed, recovered } = await applyConf(request(options, machine), machine)
      const names = changed.map(({ section, key }) => ({ section, key }))
      if (options.json) {
        return printJson({
          ...confJson(planned, true),
          changed: names,
          recovered: recovered?.operation ?? null,
        })
      }
      if (recovered) print(recoveredText(recovered))
      print(
        changed.length === 0
          ? `${planned.path} is as wanted already; nothing was changed.`
          : `${planned.path}: ${changed.map(optionLabel).join(', ')} written. Restart nova-compute for it to take effect.`,
      )
      if (planned.warnings.length > 0) print(warningsText(planned.warnings))
    })
}

function verify(): Command {
  return common('verify', 'quietcore nova conf verify')
    .description('Compare nova.conf with what the profile asks for, and what it was applied with.')
    .action((options: ConfOptions) => {
      const machine = openMachine(options.root)
      const planned = planConf(asApplied(request(options, machine), machine.ports), machine)
      const open = planned.options.filter(({ state }) => state === 'differs')
      if (options.json) printJson(confJson(planned))
      else print(confText(planned, open))
      // Whether nova-compute is started with the other file is not seen from here.
      const elsewhere = planned.warnings.some(({ code }) => code === 'set-elsewhere')
      process.exitCode = open.length > 0 ? EXIT.no : elsewhere ? EXIT.undecided : EXIT.done
    })
}

function common(name: string, example: string): Command {
  return withTuningOptions(command(example))
    .name(name)
    .option('--conf <file>', 'the file, on the machine', '/etc/nova/nova.conf')
    .option('--profile <name>', 'take the isolated CPUs from this profile; default: the one that is applied')
    .option('--release <name>', 'the release of nova; default: as installed, else the newest')
    .option('--shared-cores <cpulist>', 'cpu_shared_set, instead of housekeeping less what the host keeps')
    .option('--host-keeps <cpulist>', 'housekeeping CPUs for the host alone; default: its first core')
    .option('--reserved-huge-pages <spec>', 'node:0,size:1GB,count:2; may be given again', gather)
    .option('--headless', 'guests of this node need no screen: no VNC, no video, no USB tablet')
    .option('--scheduler', 'a scheduler reads this file, too: enable NUMATopologyFilter')
    .option('--no-scheduler', 'leave [filter_scheduler] alone')
    .option('--skip <section.key>', 'leave this option alone; may be given again', gather)
}

function gather(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}

function request(options: ConfOptions, machine: Machine): ConfRequest {
  const named = options.profile ?? (options.isolatedCores === undefined ? undefined : activeName(machine))
  return {
    path: options.conf,
    ...(named === undefined ? {} : { profile: choiceOf(named, options) }),
    ...(options.release === undefined ? {} : { release: options.release }),
    ...(options.sharedCores === undefined ? {} : { shared: options.sharedCores }),
    ...(options.hostKeeps === undefined ? {} : { hostKeeps: options.hostKeeps }),
    ...(options.headless === undefined ? {} : { headless: options.headless }),
    ...(options.scheduler === undefined ? {} : { scheduler: options.scheduler }),
    reservedHugePages: options.reservedHugePages ?? [],
    skip: options.skip ?? [],
  }
}

function activeName(machine: Machine): string {
  return requireActive(readJournal(machine.ports)).profile
}

/** docs/schema/nova-conf.schema.json. `done`: every option now has what is wanted. */
function confJson(planned: ConfPlan, done = false) {
  const { path, profile, release, isolated, shared, options, warnings } = planned
  return {
    path,
    profile,
    release: release.name,
    isolated: isolated.toString(),
    shared: shared.toString(),
    options: options.map(({ section, key, have, values, why, state }) => ({
      section,
      key,
      have,
      want: values,
      state: done ? 'ok' : state,
      why,
    })),
    warnings: warnings.map(({ code, message, place }) => ({ code, message, ...(place ? { place } : {}) })),
  }
}

function confText(planned: ConfPlan, options: readonly ConfOption[]): string {
  const { path, profile, release, isolated, shared, warnings } = planned
  const rows = options.map((option) => [
    `  ${colour(option.state, option.state === 'ok' ? 'green' : 'red')}`,
    optionLabel(option),
    option.have.join(' ') || '-',
    option.values.join(' '),
    option.why,
  ])
  const differ = planned.options.filter(({ state }) => state === 'differs').length
  return [
    `${path} for nova ${release.name}, profile ${profile}: isolated ${isolated}, shared ${shared}\n`,
    rows.length > 0 ? table(['  STATE', 'OPTION', 'HAVE', 'WANT', 'WHY'], rows) : '',
    warningsText(warnings),
    `${planned.options.length} options: ${planned.options.length - differ} ok, ${differ} differ. `,
    '\n',
  ].join('')
}
