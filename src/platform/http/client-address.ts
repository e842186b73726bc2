import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { TrustedProxies } from '../config.ts'
import { plainAddress } from './network.ts'

type Trust = (address: string, hop: number) => boolean

/**
 * Whether to believe whoever stands at `hop` (0: the other end of the connection) about the address before them. The
 * client is the first that is not believed: what it wrote into X-Forwarded-For itself stands before it, and is not read.
 */
export function trustOf(proxies: TrustedProxies): Trust | false {
  if (proxies === null) return false
  if ('hops' in proxies) return (_address, hop) => hop < proxies.hops
  const trusted = new BlockList()
  for (const { address, prefix } of proxies.networks) trusted.addSubnet(address, prefix, familyOf(address))
  return (address) => {
    const plain = plainAddress(address)
    return isIP(plain) !== 0 && trusted.check(plain, familyOf(plain))
  }
}

/** The client's address, always one: where a proxy passes on what is none, that of the connection. */
export function clientAddress(request: FastifyRequest): string {
  const given = plainAddress(request.ip)
  return isIP(given) === 0 ? plainAddress(request.socket.remoteAddress ?? '') : given
}

/** What the proxy in front of us says in a header of its own; undefined when the request did not come through one that we trust. */
export function headerOfProxy(request: FastifyRequest, name: string): string | undefined {
  const { ips } = request // absent where no proxy is trusted
  const value = request.headers[name]
  return ips !== undefined && ips.length > 1 && typeof value === 'string' ? value : undefined
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
