import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** What no address of the internet is in: this machine, private and shared networks, links, tests, multicast (RFC 6890 and its registries). */
const NOT_PUBLIC = blockList([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carriers' own
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // links; the metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])

/** Of IPv6 the global unicast addresses alone, without those that hold an IPv4 address or are for tests. */
const GLOBAL = blockList([['2000::', 3]])
const NOT_GLOBAL = blockList([
  ['2001::', 23], // Teredo and other protocols' own
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4
  ['3fff::', 20],
])

export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !NOT_PUBLIC.check(address)
  return version === 6 && GLOBAL.check(address, 'ipv6') && !NOT_GLOBAL.check(address, 'ipv6')
}

/** No public address stands behind a name. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress'
  readonly code = 'private_address'
}

/**
 * Looks a name up for a socket that connects, and gives it public addresses alone. What was looked up is what is connected to, so
 * that a name which changes its answer in between (DNS rebinding) gains nothing. `resolve` is given by tests.
 */
export function publicLookup(resolve: typeof systemLookup = systemLookup): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const addresses = [found].flat().filter(({ address }) => isPublicAddress(address))
      const [first] = addresses
      if (!first) return callback(new PrivateAddress('no public address'), '', 0)
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function blockList(networks: readonly (readonly [address: string, prefix: number])[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of networks)
    list.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4')
  return list
}
