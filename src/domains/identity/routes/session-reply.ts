import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../../platform/config.ts'
import {
  clientAddress,
  isSecure,
  networkOf,
  readCookie,
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
  const country = countryHeader === null ? undefined : request.headers[countryHeader]
  return {
    ip,
    network: networkOf(ip),
    userAgent: request.headers['user-agent'],
    country: typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? country : null,
    known: known ?? readCookie(request.headers.cookie, DEVICE_COOKIE),
    presented: tokenFromCookies(request.headers.cookie ?? '', isSecure(publicUrl)) ?? undefined,
  }
}

/** How the session that asks is held, for the one that takes its place. */
export function holderOf(request: FastifyRequest, config: Config): Holder {
  const kind = request.headers.authorization === undefined ? 'cookie' : 'token'
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
  if (device !== undefined) {
    const attributes = `Path=/api/v1/auth; Max-Age=${DEVICE_SECONDS}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
    reply.header('set-cookie', `${DEVICE_COOKIE}=${device}; ${attributes}`)
  }
  return body
}
