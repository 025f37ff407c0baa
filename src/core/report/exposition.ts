/** Label name to value. */
export type Labels = Readonly<Record<string, string>>
/** A value that is not known has no sample: an alert on a missing series is better than a 0. */
export type Sample = readonly [labels: Labels, value: number | null]

/**
 * One metric family of the Prometheus text format 0.0.4 as lines; none when no sample has a value.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function family(
  name: string,
  help: string,
  samples: readonly Sample[],
  type: 'gauge' | 'counter' = 'gauge',
): string[] {
  const lines = samples.flatMap(([labels, value]) => {
    if (value === null || !Number.isFinite(value)) return []
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return [`${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}`]
  })
  return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines]
}

/** A state as Prometheus knows it: one sample for each that there could be, 1 for the one that is. */
export function oneOf(labels: Labels, label: string, all: readonly string[], is: string): Sample[] {
  return all.map((value) => [{ ...labels, [label]: value }, value === is ? 1 : 0])
}

/** ISO 8601 to seconds since 1970. */
export function timestampS(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso) / 1000
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}
