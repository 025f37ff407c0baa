import { Command, Option } from 'commander'
import { version } from '../version.ts'

export function daemon(): Command {
  return new Command()
    .option('--root <dir>', 'the machine laid out under this directory instead of this machine', '/')
    .addOption(new Option('--work', 'do one piece of work for the service').hideHelp())
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', '\nExample:\n  systemctl enable --now quietcore')
    .action(async ({ root, work }: { root: string; work?: boolean }) => {
      // Apart: the service never loads what its work needs.
      if (work) return (await import('../../daemon/duties/do-work.ts')).doWork()
      const { spareMemory } = await import('../../host/small-process.ts')
      const giveBack = spareMemory()
      const { runDaemon } = await import('../../daemon/run-daemon.ts')
      process.exitCode = await runDaemon({ root, version, giveBack })
    })
}
