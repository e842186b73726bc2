import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AppError } from '../../../platform/errors.ts'
import { isSecure, readCookie } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { AUTHORIZATION_SECONDS, type Begun, beginAuthorization, finishAuthorization } from '../federation.ts'
import { listIdentities, unlinkIdentity } from '../identities.ts'
import { createOidcClient } from '../oidc-client.ts'
import {
  Authorization,
  AuthorizationRequest,
  CallbackQuery,
  Identities,
  IdentityParams,
  LinkRequest,
  ProviderParams,
  Providers,
} from '../schemas/federation.ts'
import type { SecondFactorTicket } from '../second-factor.ts'
import { deviceOf, handOver } from './session-reply.ts'

export function federationRoutes(services: Services): FastifyPluginAsyncTypebox {
  const { config, log } = services
  const client = createOidcClient(config, log)
  const parts = { services, client }
  const binding = bindingCookie(isSecure(config.publicUrl))
  const tags = ['identity']

  const sendBegun = (reply: FastifyReply, { url, binding: text }: Begun) => {
    binding.set(reply, text, AUTHORIZATION_SECONDS)
    return reply.code(201).header('cache-control', 'no-store').send({ url })
  }

  return async (app) => {
    app.get(
      '/auth/providers',
      {
        config: { access: 'public', session: 'ignored', maintenance: 'open' },
        schema: { tags, summary: 'Whom people may sign in with', response: { 200: Providers } },
      },
      async () => ({ items: [...client.providers] }),
    )

    app.post(
      '/auth/oidc/:provider/authorizations',
      {
        config: {
          access: 'public',
          session: 'ignored',
          limit: 'sign_in',
          maintenance: 'open',
          errors: ['provider.not_found', 'auth.provider_unavailable', 'auth.return_to_invalid'],
        },
        schema: {
          tags,
          summary: 'Begin to sign in with a provider, in this browser',
          params: ProviderParams,
          body: AuthorizationRequest,
          response: { 201: Authorization },
        },
      },
      async (request, reply) => {
        const { return_to: returnTo, accepted } = request.body
        return sendBegun(
          reply,
          await beginAuthorization(parts, request.params.provider, { actor: null, returnTo, accepted }),
        )
      },
    )

    app.get(
      '/auth/oidc/:provider/callback',
      {
        config: {
          access: 'public',
          limit: 'sign_in',
          maintenance: 'open',
          errors: [
            'provider.not_found',
            'auth.authorization_invalid',
            'auth.provider_refused',
            'auth.provider_unavailable',
            'auth.provider_email_unverified',
            'auth.email_unverified',
            'auth.account_inactive',
            'auth.account_leaving',
            'auth.registration_closed',
            'identities.taken',
            'legal.acceptance_required',
            'legal.version_outdated',
          ],
        },
        schema: {
          tags,
          summary: 'Where a provider sends the browser back: to its page, signed in, or to the second factor',
          params: ProviderParams,
          querystring: CallbackQuery,
          response: { 303: Type.Null() },
        },
      },
      async (request, reply) => {
        const held = binding.read(request)
        binding.set(reply, '', 0)
        reply.header('cache-control', 'no-store')
        const returned = await finishAuthorization(
          parts,
          request.params.provider,
          { query: request.query, binding: held, actor: request.actor },
          deviceOf(request, config),
        ).catch((error: unknown) => refusalFor(request, error))
        if (returned instanceof AppError)
          return reply.redirect(refusalPage(config.publicUrl, request.actor !== null, returned), 303)
        const { outcome, returnTo } = returned
        if (outcome === 'linked') return reply.redirect(config.publicUrl + returnTo, 303)
        if ('ticket' in outcome)
          return reply.redirect(secondFactorPage(config.publicUrl, outcome, returnTo), 303)
        handOver(reply, outcome, config)
        return reply.redirect(config.publicUrl + returnTo, 303)
      },
    )

    app.get(
      '/me/identities',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'Accounts elsewhere that sign me in', response: { 200: Identities } },
      },
      async (request) => ({ items: await listIdentities(services, request.actor!) }),
    )

    app.post(
      '/me/identities/:provider/authorizations',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          limit: 'sign_in',
          errors: ['provider.not_found', 'auth.provider_unavailable', 'auth.return_to_invalid'],
        },
        schema: {
          tags,
          summary: 'Begin to link an account elsewhere, in this browser',
          params: ProviderParams,
          body: LinkRequest,
          response: { 201: Authorization },
        },
      },
      async (request, reply) => {
        const { actor, body } = request
        const begun = await beginAuthorization(parts, request.params.provider, {
          actor,
          returnTo: body.return_to,
        })
        return sendBegun(reply, begun)
      },
    )

    app.delete(
      '/me/identities/:identity_id',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          errors: ['identity.not_found', 'factors.last_way_in'],
        },
        schema: {
          tags,
          summary: 'Unlink an account elsewhere',
          params: IdentityParams,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await unlinkIdentity(services, request.actor!, request.params.identity_id)
        return reply.code(204).send(null)
      },
    )
  }
}

/** Somebody's browser is shown a page that says why, whatever the reason; a program gets the problem. */
function refusalFor({ headers }: FastifyRequest, error: unknown): AppError {
  if (error instanceof AppError && headers.accept?.includes('text/html')) return error
  throw error
}

function refusalPage(publicUrl: string, isLinking: boolean, { code }: AppError): string {
  return `${publicUrl}${isLinking ? '/settings/security' : '/sign-in'}?refused=${encodeURIComponent(code)}`
}

/** The page that asks for the other half. In the fragment, which no server is told: neither ours, nor the next one by referrer. */
function secondFactorPage(
  publicUrl: string,
  { ticket, methods, expiresAt }: SecondFactorTicket,
  returnTo: string,
) {
  const fields = { ticket, methods: methods.join(','), expires_at: expiresAt, return_to: returnTo }
  return `${publicUrl}/sign-in/second-factor#${new URLSearchParams(fields)}`
}

/**
 * What ties an answer to the browser that asked: out of reach for scripts, sent when the provider's page leads back here
 * (Lax), and over https for this very host alone.
 */
function bindingCookie(secure: boolean) {
  const name = secure ? '__Host-bcn_oidc' : 'bcn_oidc'
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  return {
    read: (request: FastifyRequest) => readCookie(request.headers.cookie, name),
    set: (reply: FastifyReply, text: string, seconds: number) =>
      void reply.header('set-cookie', `${name}=${text}; Max-Age=${seconds}; ${attributes}`),
  }
}
