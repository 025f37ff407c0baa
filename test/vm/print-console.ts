import { afterEach } from 'vitest'
import type { Vm } from './driver/vm.ts'

/** After a failed test, the end of the machine's console goes to the test's output. Call it inside `describe`. */
export function printConsoleOnFailure(vm: () => Vm | undefined): void {
  afterEach((context) => {
    if (context.task.result?.state === 'fail') console.error(vm()?.consoleTail() ?? 'no machine was made')
  })
}
