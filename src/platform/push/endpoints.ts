import { isIP } from 'node:net'
import type { PushConfig } from '../config.ts'

const LONGEST = 1024

/**
 * The host of an endpoint that we are ready to call; null for every other address: anybody may send us one, and our servers
 * stand where that person may not. https on its own port, by a name of a known push service, without a password.
 */
export function serviceOf(
  endpoint: string,
  { services, testService }: Pick<PushConfig, 'services' | 'testService'>,
): string | null {
  if (endpoint.length > LONGEST || !URL.canParse(endpoint)) return null
  const url = new URL(endpoint)
  if (url.username !== '' || url.password !== '' || url.hash !== '') return null
  if (testService !== null && url.origin === testService) return url.host
  const isNamed = url.hostname.includes('.') && isIP(url.hostname) === 0 && !url.hostname.startsWith('[')
  if (url.protocol !== 'https:' || url.port !== '' || !isNamed) return null
  return services.some((one) => matches(url.hostname, one)) ? url.hostname : null
}

function matches(host: string, pattern: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern
}
