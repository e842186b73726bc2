import type { FastifyReply } from 'fastify'

/** `secure` follows the public URL's scheme; the age is in seconds, 0 takes the cookie back. */
export type CookieOptions = { readonly maxAgeSeconds: number; readonly secure: boolean }

/**
 * A cookie for the server alone: out of reach for scripts, not sent with requests that other sites make. Over https its
 * name has a prefix that browsers keep to this very host, set by itself over https: neither a subdomain nor somebody on
 * the wire can plant one.
 */
export function setHostCookie(
  reply: FastifyReply,
  name: string,
  value: string,
  options: CookieOptions,
): void {
  const { maxAgeSeconds, secure } = options
  const attributes = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  reply.header('set-cookie', `${hostCookieName(name, secure)}=${value}; ${attributes}`)
}

/** The name under which `setHostCookie` sets it. */
export function hostCookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name
}

/** The value of a cookie in a Cookie header, as it was sent: ours are URL-safe, so nothing is decoded. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  const prefix = `${name}=`
  let from = 0
  while (from < header.length) {
    let end = header.indexOf(';', from)
    if (end === -1) end = header.length
    while (header.charCodeAt(from) === 32) from++
    if (header.startsWith(prefix, from)) return header.slice(from + prefix.length, end) || undefined
    from = end + 1
  }
  return undefined
}
