/** No kernel runs with more CPUs (CONFIG_NR_CPUS); nova's API takes up to 2^31. */
export const MOST_VCPUS = 8192

/** What nova looks at of a flavor. */
export interface Flavor {
  vcpus: number
  /** MiB; undefined when it is not known, and then nothing that needs it is checked */
  ramMb?: number
  specs: ReadonlyMap<string, string>
}

/** Properties of the image that is booted with it: `hw_cpu_policy`. */
export type ImageProperties = ReadonlyMap<string, string>

export const NO_IMAGE: ImageProperties = new Map()
