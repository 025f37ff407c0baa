import type { Command } from 'commander'
import { EXIT } from '../../core/errors.ts'
import { history as readHistory } from '../../engine/runs/history.ts'
import { openRoot } from '../../host/root.ts'
import { historyText } from '../history-text.ts'
import { type CommonOptions, command } from '../options.ts'
import { note, print, printJson } from '../output.ts'

interface HistoryOptions extends CommonOptions {
  suite?: string
  baseline?: string
}

const EXAMPLE = `quietcore history
quietcore history --suite acceptance --baseline 20261122T204347Z-acceptance`

export function history(): Command {
  return command(EXAMPLE)
    .option('--suite <name>', 'only the runs of this suite')
    .option(
      '--baseline <run>',
      'compare the runs of its suite with this one; exit 1 when the newest is a regression',
    )
    .action((options: HistoryOptions) => {
      const found = readHistory(openRoot(options.root), options)
      for (const { message, place } of found.warnings)
        note(`quietcore: ${place ? `${place.file}: ` : ''}${message}`)
      if (options.json)
        printJson({
          runs: found.entries,
          totals: found.totals,
          comparisons: found.comparisons,
          missed: found.missed,
          warnings: found.warnings,
        })
      else print(historyText(found))
      process.exitCode = found.comparisons?.at(-1)?.regression ? EXIT.no : EXIT.done
    })
}
