import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { badRequest } from '../../../platform/errors.ts'
import { clearSessionCookie, networkOf, setSessionCookie } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { register } from '../registration.ts'
import { Credentials, Registration, SignedIn } from '../schemas/accounts.ts'
import { type Device, endSession, type OpenedSession, SESSION_DAYS } from '../sessions.ts'
import { signIn } from '../sign-in.ts'

export function accountRoutes(services: Services): FastifyPluginAsyncTypebox {
  const secure = services.config.publicUrl?.startsWith('https:') ?? false

  return async (app) => {
    app.post(
      '/auth/register',
      {
        config: {
          access: 'public',
          session: 'ignored',
          errors: ['auth.email_taken', 'auth.username_taken', 'auth.too_many_attempts', 'auth.busy'],
        },
        schema: {
          tags: ['identity'],
          summary: 'Create an account and sign in',
          body: Registration,
          response: { 201: SignedIn },
        },
      },
      async (request, reply) => {
        const session = await register(services, request.body, deviceOf(request))
        return handOver(reply.code(201), session, request.body.session, secure)
      },
    )

    app.post(
      '/auth/login',
      {
        config: {
          access: 'public',
          session: 'ignored',
          errors: [
            'auth.invalid_credentials',
            'auth.account_inactive',
            'auth.too_many_attempts',
            'auth.login_unclear',
            'auth.busy',
          ],
        },
        schema: {
          tags: ['identity'],
          summary: 'Sign in by e-mail or username',
          body: Credentials,
          response: { 200: SignedIn },
        },
      },
      async (request, reply) => {
        const { email, username, password, session: kind } = request.body
        const session = await signIn(services, { login: oneOf(email, username), password }, deviceOf(request))
        return handOver(reply, session, kind, secure)
      },
    )

    app.post(
      '/auth/logout',
      {
        config: { access: 'signed_in' },
        schema: {
          tags: ['identity'],
          summary: 'End this session everywhere',
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await endSession(services, request.actor!)
        clearSessionCookie(reply, { secure })
        return reply.code(204).send(null)
      },
    )
  }
}

function deviceOf(request: FastifyRequest): Device {
  const [ip = ''] = request.ip.split('%') // a link-local address names its interface, which inet does not take
  return { ip, network: networkOf(ip), userAgent: request.headers['user-agent'] }
}

function oneOf(email: string | undefined, username: string | undefined): string {
  const login = email ?? username
  if (login !== undefined && (email === undefined) !== (username === undefined)) return login
  throw badRequest('auth.login_unclear', 'Give either email or username.', '/email')
}

/** A browser gets a cookie that scripts cannot read; a client that asks gets the token itself. */
function handOver(
  reply: FastifyReply,
  session: OpenedSession & { userId: string },
  kind = 'cookie',
  secure: boolean,
) {
  const body = { user_id: session.userId, expires_at: session.expiresAt }
  reply.header('cache-control', 'no-store')
  if (kind === 'token') return reply.send({ ...body, token: session.token })
  setSessionCookie(reply, session.token, { maxAgeSeconds: SESSION_DAYS * 86_400, secure })
  return reply.send(body)
}
