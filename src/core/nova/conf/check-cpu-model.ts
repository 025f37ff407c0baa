import { entriesOf } from './edit.ts'
import { type FiledEntry, fatal, type ReadFiles } from './fatal.ts'
import { listOf } from './wanted.ts'

/**
 * Refuses CPU models that stop nova-compute (nova/virt/libvirt/driver.py _check_cpu_compatibility): models beside
 * another mode than custom, custom without a model, a mode for a hypervisor that has none.
 * @throws InputError with the file and line
 */
export function refuseCpuModel(conf: ReadFiles): void {
  const last = (...keys: string[]): FiledEntry | undefined =>
    keys.map((key) => entriesOf(conf, 'libvirt', key).at(-1)).find((entry) => entry !== undefined)
  const [mode, type] = [last('cpu_mode'), last('virt_type')]
  // Up to Stein the option was cpu_model, which later releases still read where cpu_models is not set.
  const models = last('cpu_models', 'cpu_model')
  const given = models !== undefined && listOf(models.value).length > 0
  if (mode && mode.value !== 'none' && type && type.value !== 'kvm' && type.value !== 'qemu') {
    throw fatal('cpu-mode-without-kvm', type, {
      message: `virt_type=${type.value} knows no CPU models, and cpu_mode=${mode.value} asks for one; nova-compute would not start`,
      next: 'Set virt_type = kvm, or leave the CPU model alone with --skip libvirt.cpu_mode.',
    })
  }
  if (given && mode?.value !== 'custom') {
    throw fatal('cpu-models-without-custom', models, {
      message: `${models.key}=${models.value} stands beside ${mode ? `cpu_mode=${mode.value}` : 'no cpu_mode'}, and goes with custom only; nova-compute would not start`,
      next: `Remove ${models.key}, or keep the named models with cpu_mode = custom and --skip libvirt.cpu_mode.`,
    })
  }
  if (mode?.value === 'custom' && !given) {
    throw fatal('custom-without-cpu-models', mode, {
      message: 'cpu_mode=custom names no cpu_models; nova-compute would not start',
      next: 'Name cpu_models, or let quietcore set host-passthrough (no --skip libvirt.cpu_mode).',
    })
  }
}
