import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { readFactors, renewCodes } from '../factors.ts'
import { SignedIn } from '../schemas/accounts.ts'
import { Factors, RecoveryCodes, TotpConfirmation, TotpEnabled, TotpEnrolment } from '../schemas/factors.ts'
import { beginTotp, disableTotp, enableTotp } from '../totp.ts'
import { handOver, holderOf } from './session-reply.ts'

export function factorRoutes(services: Services): FastifyPluginAsyncTypebox {
  const { config } = services
  const tags = ['identity']

  return async (app) => {
    app.get(
      '/me/factors',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'How my account is protected', response: { 200: Factors } },
      },
      async (request) => readFactors(services, request.actor!),
    )

    app.post(
      '/me/totp',
      {
        config: { access: 'signed_in', proof: 'recent', errors: ['totp.enabled'] },
        schema: { tags, summary: 'A secret for an authenticator app', response: { 201: TotpEnrolment } },
      },
      async (request, reply) => reply.code(201).send(await beginTotp(services, request.actor!)),
    )

    app.post(
      '/me/totp/confirmation',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          limit: 'code',
          errors: ['totp.enabled', 'totp.not_begun', 'totp.code_wrong'],
        },
        schema: {
          tags,
          summary: 'Use the app from now on; ends every other session',
          body: TotpConfirmation,
          response: { 200: TotpEnabled },
        },
      },
      async (request, reply) => {
        const { code } = request.body
        const { result, session } = await enableTotp(
          services,
          request.actor!,
          code,
          holderOf(request, config),
        )
        return { recovery_codes: result, session: handOver(reply, session, config) }
      },
    )

    app.delete(
      '/me/totp',
      {
        config: { access: 'signed_in', proof: 'recent', errors: ['totp.not_enabled'] },
        schema: { tags, summary: 'Stop using the app', response: { 200: SignedIn } },
      },
      async (request, reply) =>
        handOver(reply, await disableTotp(services, request.actor!, holderOf(request, config)), config),
    )

    app.post(
      '/me/recovery-codes',
      {
        config: { access: 'signed_in', proof: 'recent', errors: ['factors.none'] },
        schema: {
          tags,
          summary: 'New recovery codes in the place of the old',
          response: { 201: RecoveryCodes },
        },
      },
      async (request, reply) =>
        reply.code(201).send({ recovery_codes: await renewCodes(services, request.actor!) }),
    )
  }
}
