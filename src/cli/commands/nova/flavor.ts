import { Command } from 'commander'
import { EXIT, InputError } from '../../../core/errors.ts'
import { applyFlavors } from '../../../engine/nova/flavor-apply.ts'
import { type FlavorRequest, planFlavors } from '../../../engine/nova/flavor-plan.ts'
import { verifyFlavors } from '../../../engine/nova/flavor-verify.ts'
import { NovaApi } from '../../../host/openstack/nova.ts'
import { readCloud } from '../../../host/openstack/read-cloud.ts'
import { command } from '../../options.ts'
import { print, printJson } from '../../output.ts'
import { flavorsJson, verifiedJson } from './flavor-json.ts'
import { appliedText, planText, verifiedText } from './flavor-text.ts'
import { openstackCommands } from './print-cli.ts'

interface FlavorOptions {
  json?: boolean
  osCloud?: string
  timeout?: string
  profile?: string
  set?: string[]
  create?: boolean
  vcpus?: string
  ram?: string
  disk?: string
  inUse?: boolean
  printCli?: boolean
}

export function novaFlavor(): Command {
  return new Command('flavor')
    .description('Plan, apply and verify the extra specs of flavors for real-time guests.')
    .helpOption('-h, --help', 'show this help')
    .addCommand(plan())
    .addCommand(apply())
    .addCommand(verify())
    .addHelpText('after', '\nExample:\n  quietcore nova flavor plan rt.large --os-cloud prod')
}

function plan(): Command {
  return writing('plan', 'quietcore nova flavor plan rt.large --os-cloud prod')
    .description('Show what would change; writes nothing.')
    .action(async (names: string[], options: FlavorOptions) => {
      const planned = await withNova(options, (api) => planFlavors(request(names, options), api))
      if (options.printCli) print(openstackCommands(planned))
      else if (options.json) printJson(flavorsJson(planned))
      else print(planText(planned))
    })
}

function apply(): Command {
  return writing('apply', 'quietcore nova flavor apply rt.large --create --vcpus 8 --ram 16384')
    .description(
      'Create what is missing (with --create), set what differs, delete stale keys that quietcore had set.',
    )
    .action(async (names: string[], options: FlavorOptions) => {
      const applied = await withNova(options, (api) => applyFlavors(request(names, options), api))
      if (options.json) {
        const { created, changed } = applied
        printJson({ ...flavorsJson(applied), created, changed })
      } else print(appliedText(applied))
    })
}

function verify(): Command {
  return common('verify', 'quietcore nova flavor verify')
    .description(
      'Compare flavors with what was applied to them, else the profile; without names all that ask for real time.',
    )
    .argument('[names...]', 'flavors; default: all that ask for real time or that quietcore has set')
    .action(async (names: string[], options: FlavorOptions) => {
      const verified = await withNova(options, (api) => verifyFlavors(request(names, options), api))
      if (options.json) printJson(verifiedJson(verified))
      else print(verifiedText(verified))
      process.exitCode = verified.flavors.every(({ state }) => state === 'ok') ? EXIT.done : EXIT.no
    })
}

function common(name: string, example: string): Command {
  return command(example)
    .name(name)
    .option('--os-cloud <name>', 'the cloud of clouds.yaml; default: OS_CLOUD, else the OS_* variables')
    .option('--timeout <seconds>', 'how long one request may take', '30')
    .option(
      '--profile <name>',
      'the profile that its guests are tuned with; default: realtime-virtual-guest, for verify the one applied',
    )
    .option('--set <key=value>', 'an extra spec that wins over the profile; key= for not wanted', gather)
}

function writing(name: string, example: string): Command {
  const made = common(name, example)
    .argument('<names...>', 'flavors, by name or id')
    .option('--create', 'make a flavor that is not there')
    .option('--vcpus <count>', 'for --create')
    .option('--ram <MiB>', 'for --create')
    .option('--disk <GiB>', 'for --create', '0')
    .option('--in-use', 'change a flavor that servers run with, too')
  return name === 'plan' ? made.option('--print-cli', 'print the equivalent openstack commands') : made
}

function gather(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}

async function withNova<T>(options: FlavorOptions, work: (api: NovaApi) => Promise<T>): Promise<T> {
  const timeoutMs = 1000 * positive(options.timeout ?? '30', '--timeout')
  const cloud = readCloud({ timeoutMs, ...(options.osCloud === undefined ? {} : { cloud: options.osCloud }) })
  const api = await NovaApi.open(cloud)
  try {
    return await work(api)
  } finally {
    api.close()
  }
}

function request(names: readonly string[], options: FlavorOptions): FlavorRequest {
  return {
    names,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    set: new Map((options.set ?? []).map(pair)),
    inUse: options.inUse === true,
    ...(options.create ? { create: size(options) } : {}),
  }
}

function size({ vcpus, ram, disk }: FlavorOptions) {
  if (vcpus === undefined || ram === undefined) {
    throw new InputError({
      code: 'usage',
      message: '--create needs --vcpus and --ram',
      next: 'For example --create --vcpus 8 --ram 16384 --disk 20.',
    })
  }
  return {
    vcpus: positive(vcpus, '--vcpus'),
    ramMb: positive(ram, '--ram'),
    diskGb: disk === undefined || disk === '0' ? 0 : positive(disk, '--disk'),
  }
}

function positive(text: string, option: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number > 0 && number <= 2 ** 31) return number
  throw new InputError({ code: 'usage', message: `${option} wants an integer from 1, not '${text}'` })
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new InputError({
    code: 'usage',
    message: `--set wants key=value, not '${text}'`,
    next: 'For example --set hw:cpu_realtime_mask=^0.',
  })
}
