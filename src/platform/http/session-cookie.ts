import type { FastifyReply } from 'fastify'
import { readCookie } from './cookies.ts'

export const SESSION_COOKIE = 'bcn_session'

/** `secure` follows the public URL's scheme; the age is in seconds. */
export type SessionCookieOptions = { readonly maxAgeSeconds: number; readonly secure: boolean }

/** Hands the token to a browser: out of reach for scripts, not sent with requests that other sites make. */
export function setSessionCookie(reply: FastifyReply, token: string, options: SessionCookieOptions): void {
  const secure = options.secure ? '; Secure' : ''
  reply.header(
    'set-cookie',
    `${SESSION_COOKIE}=${token}; Path=/; Max-Age=${options.maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`,
  )
}

export function clearSessionCookie(reply: FastifyReply, options: { readonly secure: boolean }): void {
  setSessionCookie(reply, '', { maxAgeSeconds: 0, secure: options.secure })
}

/** The session's token in a Cookie header. */
export function tokenFromCookies(header: string): string | null {
  return readCookie(header, SESSION_COOKIE) ?? null
}
