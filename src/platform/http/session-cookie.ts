import type { FastifyReply } from 'fastify'

export const SESSION_COOKIE = 'bcn_session'
const PREFIX = `${SESSION_COOKIE}=`

/** `secure` follows the public URL's scheme; the age is in seconds. */
export type SessionCookieOptions = { readonly maxAgeSeconds: number; readonly secure: boolean }

/** Hands the token to a browser: out of reach for scripts, not sent with requests that other sites make. */
export function setSessionCookie(reply: FastifyReply, token: string, options: SessionCookieOptions): void {
  const secure = options.secure ? '; Secure' : ''
  reply.header(
    'set-cookie',
    `${PREFIX}${token}; Path=/; Max-Age=${options.maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`,
  )
}

export function clearSessionCookie(reply: FastifyReply, options: { readonly secure: boolean }): void {
  setSessionCookie(reply, '', { maxAgeSeconds: 0, secure: options.secure })
}

/** The session's token in a Cookie header. Tokens are URL-safe, so nothing is decoded, and nothing else is parsed. */
export function tokenFromCookies(header: string): string | null {
  let from = 0
  while (from < header.length) {
    let end = header.indexOf(';', from)
    if (end === -1) end = header.length
    while (header.charCodeAt(from) === 32) from++
    if (header.startsWith(PREFIX, from)) return header.slice(from + PREFIX.length, end) || null
    from = end + 1
  }
  return null
}
