import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../../platform/config.ts'
import {
  bearerToken,
  clientAddress,
  headerOfProxy,
  hostCookieName,
  isSecure,
  readCookie,
  setHostCookie,
  setSessionCookie,
  tokenFromCookies,
} from '../../../platform/http/index.ts'
import type { Admitted } from '../admission.ts'
import type { Holder } from '../rotation.ts'
import { type Device, type OpenedSession, SESSION_DAYS } from '../sessions.ts'

const DEVICE_COOKIE = 'bcn_device'
const DEVICE_SECONDS = 365 * 86_400

/** What is told of where a request comes from; `known`: what a client without cookies sends in its body. */
export function deviceOf(
  request: FastifyRequest,
  { countryHeader, publicUrl }: Config,
  known?: string,
): Device {
  const ip = clientAddress(request)
  const country = (countryHeader === null ? undefined : headerOfProxy(request, countryHeader)) ?? ''
  const secure = isSecure(publicUrl)
  const { cookie = '', 'user-agent': userAgent } = request.headers
  return {
    ip,
    userAgent,
    country: /^[A-Z]{2}$/.test(country) ? country : null,
    known: known ?? readCookie(cookie, hostCookieName(DEVICE_COOKIE, secure)),
    presented: tokenFromCookies(cookie, secure) ?? undefined,
  }
}

/**
 * How the session that asks is held, for the one that takes its place. No header but the token itself makes a token of a
 * cookie, which scripts must not read.
 */
export function holderOf(request: FastifyRequest, config: Config): Holder {
  const kind = bearerToken(request.headers.authorization) === null ? 'cookie' : 'token'
  return { device: deviceOf(request, config), kind }
}

/** A browser gets a cookie that scripts cannot read; a client that asks gets the token itself. The reply's body. */
export function handOver(reply: FastifyReply, session: OpenedSession | Admitted, { publicUrl }: Config) {
  const secure = isSecure(publicUrl)
  const body = { user_id: session.userId, expires_at: session.expiresAt }
  const device = 'deviceKey' in session ? session.deviceKey : undefined
  reply.header('cache-control', 'no-store')
  if (session.kind === 'token')
    return { ...body, token: session.token, ...(device !== undefined && { device }) }
  setSessionCookie(reply, session.token, { maxAgeSeconds: SESSION_DAYS * 86_400, secure })
  if (device !== undefined)
    setHostCookie(reply, DEVICE_COOKIE, device, { maxAgeSeconds: DEVICE_SECONDS, secure })
  return body
}
