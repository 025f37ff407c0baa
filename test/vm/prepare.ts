import { prepared } from './driver/prepared.ts'
import { installedVm } from './installed-vm.ts'

/** Before tests begin side by side: the disk and the machine that most of them go on from, made once. */
export async function setup(): Promise<void> {
  const vm = await prepared(installedVm)
  await vm.destroy()
}
