import type { FastifyReply } from 'fastify'
import { type CookieOptions, hostCookieName, readCookie, setHostCookie } from './cookies.ts'

export const SESSION_COOKIE = 'bcn_session'
const SECURE_NAME = hostCookieName(SESSION_COOKIE, true)

export function sessionCookieName(secure: boolean): string {
  return secure ? SECURE_NAME : SESSION_COOKIE
}

export function setSessionCookie(reply: FastifyReply, token: string, options: CookieOptions): void {
  setHostCookie(reply, SESSION_COOKIE, token, options)
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
