import { meansTheSame } from '../../core/nova/conf/compare.ts'
import type { ConfFile } from '../../core/nova/conf/fatal.ts'
import { optionId, optionLabel } from '../../core/nova/conf/options.ts'
import { managedValues } from '../../core/nova/conf/remember.ts'
import type { WantedOption } from '../../core/nova/conf/wanted.ts'
import type { Warning } from '../../core/warning.ts'
import type { Root } from '../../host/ports.ts'
import { readNovaConf } from '../../knobs/read-nova-conf.ts'

const NOVA_CONF = '/etc/nova/nova.conf'
const PROGRAM_CONF = '/etc/nova/nova-compute.conf'
const FOLDERS = ['/etc/nova/nova.conf.d', '/etc/nova/nova-compute.conf.d']

/**
 * The files that nova-compute reads after nova.conf when nothing else is said at its start, and that then win, in their
 * order (oslo_config/cfg.py _parse_config_files: nova.conf and nova-compute.conf, then the folder of each). None for a
 * nova.conf elsewhere, such as a container's.
 * @throws InputError for one that is not UTF-8
 */
export function otherConfFiles(path: string, root: Root): ConfFile[] {
  if (path !== NOVA_CONF) return []
  // oslo.config sorts names as Python does, by code point: 10-a.conf before 9-a.conf.
  const inFolders = FOLDERS.flatMap((folder) => root.glob(`${folder}/*.conf`).toSorted())
  return [PROGRAM_CONF, ...inFolders]
    .filter((file) => root.exists(file))
    .map((file) => ({ file, text: readNovaConf(file, root) }))
}

export function isOtherConfFile(file: string): boolean {
  return file === PROGRAM_CONF || FOLDERS.some((folder) => file.startsWith(`${folder}/`))
}

/**
 * Options that those files set, and otherwise than wanted.
 * @param wantedOf what is wanted where these values stand
 */
export function setElsewhere(
  others: readonly ConfFile[],
  wantedOf: (values: ReadonlyMap<string, readonly string[]>) => readonly WantedOption[],
): Warning[] {
  return others.flatMap(({ file, text }) => {
    const values = managedValues(text, file)
    return wantedOf(values).flatMap((option): Warning[] => {
      const there = values.get(optionId(option)) ?? []
      if (there.length === 0 || meansTheSame(option, there)) return []
      return [
        {
          code: 'set-elsewhere',
          message: `${optionLabel(option)} = ${there.join(', ')} is set here, too, and wins where nova-compute is started with this file`,
          place: { file },
        },
      ]
    })
  })
}
