import type { FastifyReply } from 'fastify'
import { readCookie } from './cookies.ts'

export const SESSION_COOKIE = 'bcn_session'
const SECURE_NAME = `__Host-${SESSION_COOKIE}`

/** `secure` follows the public URL's scheme; the age is in seconds. */
export type SessionCookieOptions = { readonly maxAgeSeconds: number; readonly secure: boolean }

/**
 * Over https the name has a prefix that browsers keep to this very host, set by itself over https: neither a subdomain
 * nor somebody on the wire can plant a session.
 */
export function sessionCookieName(secure: boolean): string {
  return secure ? SECURE_NAME : SESSION_COOKIE
}

/** Hands the token to a browser: out of reach for scripts, not sent with requests that other sites make. */
export function setSessionCookie(reply: FastifyReply, token: string, options: SessionCookieOptions): void {
  const { maxAgeSeconds, secure } = options
  const name = sessionCookieName(secure)
  const attributes = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  reply.header('set-cookie', `${name}=${token}; ${attributes}`)
}

/** Signs a browser out: takes the cookie back, and what it keeps of this origin (private pages, stored drafts). */
export function clearSessionCookie(reply: FastifyReply, options: { readonly secure: boolean }): void {
  setSessionCookie(reply, '', { maxAgeSeconds: 0, secure: options.secure })
  reply.header('clear-site-data', '"cache", "storage"')
}

/** The session's token in a Cookie header. */
export function tokenFromCookies(header: string, secure: boolean): string | null {
  return readCookie(header, secure ? SECURE_NAME : SESSION_COOKIE) ?? null
}

/** Whether people reach us over https. */
export function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}
