import { Command } from 'commander'
import { novaConf } from './nova/conf.ts'
import { novaFlavor } from './nova/flavor.ts'
import { novaLint } from './nova/lint.ts'

export function nova(): Command {
  return new Command()
    .helpOption('-h, --help', 'show this help')
    .addCommand(novaLint())
    .addCommand(novaFlavor())
    .addCommand(novaConf())
    .addHelpText(
      'after',
      '\nExample:\n  quietcore nova lint flavors.json\n  quietcore nova flavor plan rt.large\n  quietcore nova conf plan',
    )
}
