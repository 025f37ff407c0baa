const PAIR = /^\s*([A-Za-z0-9_:. -]+)='([^']*)'\s*(?:,|$)/

/**
 * Extra specs as openstack clients before 4.0 wrote them into their JSON, `hw:cpu_policy='dedicated', hw:pmu='false'`
 * (osc_lib format_dict); undefined for another text.
 */
export function propertiesOf(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>()
  let rest = text.trim()
  while (rest !== '') {
    const [whole, key, value] = PAIR.exec(rest) ?? []
    if (whole === undefined) return undefined
    found.set(key!, value!)
    rest = rest.slice(whole.length).trimStart()
  }
  return found
}
