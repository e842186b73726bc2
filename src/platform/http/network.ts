import { isIPv6 } from 'node:net'

/**
 * What to count attempts by. Whoever has one IPv6 address has the 2^64 of its network (RFC 4291 §2.5.4), so those are
 * one; an IPv4 address is itself, also as IPv6 wraps it.
 */
export function networkOf(address: string): string {
  const [bare = ''] = address.split('%')
  if (!isIPv6(bare)) return bare
  const wrapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)
  if (wrapped?.[1] !== undefined) return wrapped[1]
  return `${groupsOf(bare).slice(0, 4).join(':')}::/64`
}

function groupsOf(address: string): string[] {
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16))
}
