/** Where the running service is asked: HTTP/1.1 and JSON over a UNIX socket that only root can open. */
export const CONTROL_SOCKET = '/run/quietcore/control.sock'

/** sun_path of unix(7) has 108 bytes, the last one a zero. */
const MOST_BYTES = 107

/** A longer path would be cut in silence, and another socket opened. */
export function fitsSocket(path: string): boolean {
  return new TextEncoder().encode(path).length <= MOST_BYTES
}
