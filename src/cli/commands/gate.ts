import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { GATE_REPORTERS } from '../../core/gate/report/gate-reporters.ts'
import { readJournal } from '../../engine/active.ts'
import { gate as lookAtChain } from '../../engine/gate/gate.ts'
import { SKIPPABLE } from '../../engine/gate/gate-request.ts'
import { openMachine } from '../../engine/open-machine.ts'
import { openRoot } from '../../host/root.ts'
import { onInterruption } from '../interruption.ts'
import { command, withTuningOptions } from '../options.ts'
import { note } from '../output.ts'
import { progressBar } from '../progress-bar.ts'
import { version } from '../version.ts'
import { formatOf, VERDICT_EXIT } from '../write-report.ts'
import { checkOptions, type GateOptions, gateRequest } from './gate-options.ts'

const EXAMPLE = `quietcore gate
quietcore gate --suite acceptance --max-age 7d --format junit --output gate.xml
quietcore gate --new --guest instance-00000012=ssh:root@10.0.0.12 --guest du-2=agent:du-2`

export function gate(): Command {
  return withTuningOptions(command(EXAMPLE))
    .option('--profile <name>', 'hold the host against this profile; default: the one that is applied')
    .option(
      '--suite <name>',
      'the validation to look at: the last run of this suite; with --new, the suite to run',
    )
    .option('--run <run>', 'look at this kept run of the host')
    .option('--new', 'measure now: host and guests together; never on CPUs that somebody lives on')
    .option('--max-age <time>', 'how old a run may be', '30d')
    .option(
      '--guest <name=way>',
      'NAME=ssh:user@host[:port] or NAME=agent:DOMAIN; NAME is the domain (may be given again)',
      gather,
    )
    .option('--guest-command <words>', 'how quietcore is called in the guests', 'quietcore')
    .option(
      '--ssh-option <option>',
      "an option for ssh, such as 'IdentityFile=/root/key' (may be given again)",
      gather,
    )
    .option('--domain <name|file>', 'audit this domain (may be given again); default: all that run', gather)
    .option('--connect <uri>', "libvirt's connection; default: virsh's own")
    .option('--flavor <name>', 'verify this flavor (may be given again); default: all for real time', gather)
    .option('--set <key=value>', 'an extra spec that flavors are to have, as nova flavor has it', gather)
    .option('--os-cloud <name>', 'the cloud of clouds.yaml; default: OS_CLOUD, else the OS_* variables')
    .option('--nova-conf <file>', 'nova.conf on the machine; default: /etc/nova/nova.conf where it is')
    .option('--shared-cores <cpulist>', 'the cpu_shared_set that nova.conf is to have')
    .option('--nova-skip <section.key>', 'leave this option of nova.conf alone (may be given again)', gather)
    .option('--skip <link>', `leave this link out (may be given again): ${SKIPPABLE.join(', ')}`, gather)
    .addOption(
      new Option('--format <name>', 'format of the report').choices(GATE_REPORTERS.map(({ name }) => name)),
    )
    .option('--output <file>', 'write the report to this file instead of standard output')
    .action(run)
}

function gather(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}

async function run(options: GateOptions): Promise<void> {
  checkOptions(options)
  const machine = openMachine(options.root)
  const active = readJournal(machine.ports).settled.active?.profile
  const request = gateRequest(options, active)
  const bar = progressBar()
  const interruption = onInterruption('what was measured is kept, and the chain stays undecided')
  try {
    const record = await lookAtChain(request, machine, {
      quietcoreVersion: version,
      self: process.pid,
      signal: interruption.signal,
      onProgress: bar.show,
    })
    bar.clear()
    write(options, (color) =>
      GATE_REPORTERS.find(({ name }) => name === formatOf(options))!.render(record, { color }),
    )
    process.exitCode = VERDICT_EXIT[record.verdict.result]
  } finally {
    bar.clear()
    interruption.done()
  }
}

function write({ output }: GateOptions, render: (color: boolean) => string): void {
  if (output === undefined || output === '-') {
    process.stdout.write(render(process.stdout.isTTY === true && !process.env.NO_COLOR))
    return
  }
  openRoot('/').writeFile(resolve(output), render(false))
  note(`The report is in ${output}.`)
}
