import { isIPv6 } from 'node:net'

/**
 * What to count attempts by. Whoever has one IPv6 address has the 2^64 of its network (RFC 4291 §2.5.4), so those are
 * one; an IPv4 address is itself, also as IPv6 wraps it.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address)
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, 4).join(':')}::/64` : plain
}

/** An address without the interface it was seen on (`fe80::1%eth0`), and an IPv4 one out of its IPv6 wrapping. */
export function plainAddress(address: string): string {
  if (!address.includes(':')) return address
  const [bare = ''] = address.split('%')
  if (!isIPv6(bare)) return bare
  const groups = groupsOf(bare)
  if (groups.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return bare
  const bytes = groups.slice(6).flatMap((group) => {
    const two = Number.parseInt(group, 16)
    return [two >> 8, two & 255]
  })
  return bytes.join('.')
}

/** All eight, in lower case without leading zeros. */
function groupsOf(address: string): string[] {
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').flatMap(groupsIn))
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right]
}

/** One group, or two where an IPv4 address stands at the end. */
function groupsIn(part: string): string[] {
  if (part === '') return []
  if (!part.includes('.')) return [hex(Number.parseInt(part, 16))]
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number)
  return [hex(a * 256 + b), hex(c * 256 + d)]
}

function hex(group: number): string {
  return group.toString(16)
}
