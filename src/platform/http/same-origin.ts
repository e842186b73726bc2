import type { IncomingHttpHeaders } from 'node:http'
import type { Config } from '../config.ts'
import { isSecure } from './session-cookie.ts'

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
  return origin === sites.publicUrl || origin === `${schemeOf(sites.publicUrl)}//${headers.host}`
}

/** A page over http is not ours where we are served over https: anybody on the wire can write one. */
function schemeOf(url: string): string {
  return isSecure(url) ? 'https:' : 'http:'
}
