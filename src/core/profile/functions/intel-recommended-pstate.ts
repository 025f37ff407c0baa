import { strip } from '../python-text.ts'
import { ANY, type ProfileFunction } from './env.ts'

/** Generations before Ice Lake, whose HWP costs latency, by the name of their PMU (arch/x86/events/intel/core.c). */
const BEFORE_ICE_LAKE = new Set(['sandybridge', 'ivybridge', 'haswell', 'broadwell', 'skylake'])

/**
 * `active` for Intel CPUs from Ice Lake on, `disable` for older ones and where the kernel does not name its PMU.
 * `intel_pstate=${f:intel_recommended_pstate}` => `intel_pstate=active`
 */
export const intelRecommendedPstate: ProfileFunction = {
  name: 'intel_recommended_pstate',
  arity: [0, ANY],
  call(_args, { env }) {
    const pmu = strip(env.readText('/sys/devices/cpu/caps/pmu_name') ?? '')
    return pmu === '' || BEFORE_ICE_LAKE.has(pmu) ? 'disable' : 'active'
  },
}
