/** The reflected polynomial of CRC-32 (ISO 3309, ITU-T V.42). */
const POLYNOMIAL = 0xedb88320

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1
  return sum
})

/**
 * CRC-32 of some bytes, an unsigned integer, as zlib's: every damage of up to 32 bits in a row is seen. Our own, because
 * node:zlib takes 1 MB and node:crypto 2 of the 60 that the service may take.
 */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 0xff]!
  return (sum ^ 0xffffffff) >>> 0
}
