/**
 * The file of a sysctl: `net.ipv4.conf.eth0/200.forwarding` and `net/ipv4/conf/eth0.200/forwarding` are the same.
 * The first separator says which of the two splits the name (sysctl(8)).
 */
export function sysctlPath(key: string): string {
  const first = /[./]/.exec(key)?.[0]
  const name = first === '.' ? key.replace(/[./]/g, (char) => (char === '.' ? '/' : '.')) : key
  return `/proc/sys/${name}`
}
