import type { IncomingHttpHeaders } from 'node:http'
import type { Config } from '../config.ts'

type Sites = Pick<Config, 'publicUrl' | 'corsOrigins'>

/**
 * Whether a change may come from where it says it comes from (it carries a cookie, or nothing at all, as a sign-in
 * does). Browsers say so by Sec-Fetch-Site and Origin, and pages cannot forge either. Without both only a request
 * without cookies passes: it is no browser's.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, sites: Sites): boolean {
  const { origin } = headers
  if (origin !== undefined && sites.corsOrigins.includes(origin)) return true
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (origin === undefined) return headers.cookie === undefined
  return origin === sites.publicUrl || hostOf(origin) === headers.host
}

function hostOf(origin: string): string | undefined {
  const scheme = origin.indexOf('://')
  return scheme === -1 ? undefined : origin.slice(scheme + 3)
}
