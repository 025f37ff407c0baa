import { MISSED_FOLDER } from '../engine/runs/missed-runs.ts'
import { RUNS_FOLDER } from '../engine/runs/run-name.ts'
import type { Ports } from '../host/ports.ts'
import { watchPaths } from '../host/watch-paths.ts'
import type { LiveService } from './live-service.ts'
import { CONFIG_FOLDER } from './service-files.ts'
import { whenQuiet } from './signals.ts'
import type { Told } from './told.ts'

/** Watches what the service was told by files: its configuration, and the runs that others keep. Answers how to stop. */
export function onPokes(
  service: LiveService,
  { root }: Ports,
  told: Told,
  keepHistory: () => void,
): () => void {
  const watchAll = () =>
    watch.set([CONFIG_FOLDER, `${CONFIG_FOLDER}/profiles`, `${CONFIG_FOLDER}/suites.d`, ...told.files()])
  const burst = whenQuiet(() => {
    watchAll()
    // Then once more: something may have been written after the files were read.
    if (told.hasChanged()) void service.reload().then(burst.poke, () => {})
  })
  const watch = watchPaths(root, burst.poke)
  watchAll()
  // What was written while the service started.
  burst.poke()
  let { revision } = told
  const stopListening = service.onChange(() => {
    if (told.revision !== revision) burst.poke()
    revision = told.revision
  })
  const history = whenQuiet(keepHistory)
  const runs = watchPaths(root, history.poke)
  runs.set([RUNS_FOLDER, MISSED_FOLDER])
  return () => {
    stopListening()
    burst.close()
    history.close()
    watch.close()
    runs.close()
  }
}
