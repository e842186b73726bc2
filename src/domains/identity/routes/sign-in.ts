import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { badRequest } from '../../../platform/errors.ts'
import type { Services } from '../../../platform/services.ts'
import type { Admitted } from '../admission.ts'
import { Credentials, SecondFactor, SecondFactorWanted, SignedIn, StepUp } from '../schemas/accounts.ts'
import { completeSignIn, type SecondFactorTicket } from '../second-factor.ts'
import { signIn } from '../sign-in.ts'
import { stepUp } from '../step-up.ts'
import { deviceOf, handOver, holderOf } from './session-reply.ts'

export function signInRoutes(services: Services): FastifyPluginAsyncTypebox {
  const { config } = services
  const tags = ['identity']

  return async (app) => {
    app.post(
      '/auth/login',
      {
        config: {
          access: 'public',
          session: 'ignored',
          limit: 'sign_in',
          maintenance: 'open',
          errors: [
            'auth.invalid_credentials',
            'auth.account_inactive',
            'auth.account_leaving',
            'auth.too_many_attempts',
            'auth.one_of',
            'auth.busy',
          ],
        },
        schema: {
          tags,
          summary: 'Sign in by e-mail or username',
          body: Credentials,
          response: { 200: SignedIn, 202: SecondFactorWanted },
        },
      },
      async (request, reply) => {
        const { email, username, password, session: kind = 'cookie', device } = request.body
        const login = Object.values(oneOf({ email, username }))[0]!
        const outcome = await signIn(services, { login, password, kind }, deviceOf(request, config, device))
        if (isTicket(outcome))
          return reply.code(202).header('cache-control', 'no-store').send(wanted(outcome))
        return reply.code(200).send(handOver(reply, outcome, config))
      },
    )

    app.post(
      '/auth/second-factor',
      {
        config: {
          access: 'public',
          session: 'ignored',
          limit: 'code',
          maintenance: 'open',
          errors: [
            'auth.ticket_invalid',
            'auth.second_factor_wrong',
            'auth.account_inactive',
            'auth.too_many_attempts',
            'auth.one_of',
          ],
        },
        schema: {
          tags,
          summary: 'The other half of a sign-in',
          body: SecondFactor,
          response: { 200: SignedIn },
        },
      },
      async (request, reply) => {
        const { ticket, device, totp, recovery_code, passkey } = request.body
        const proof = oneOf({ totp, recovery_code, passkey })
        const admitted = await completeSignIn(services, { ticket, proof }, deviceOf(request, config, device))
        return handOver(reply, admitted, config)
      },
    )

    app.post(
      '/auth/step-up',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          limit: 'code',
          maintenance: 'open',
          errors: ['auth.proof_wrong', 'auth.too_many_attempts', 'auth.one_of', 'auth.busy'],
        },
        schema: {
          tags,
          summary: 'Prove again that it is me, for ten minutes; the session gets a new token',
          body: StepUp,
          response: { 200: SignedIn },
        },
      },
      async (request, reply) => {
        const { password, totp, recovery_code, passkey } = request.body
        const proof = oneOf({ password, totp, recovery_code, passkey })
        return handOver(
          reply,
          await stepUp(services, request.actor!, proof, holderOf(request, config)),
          config,
        )
      },
    )
  }
}

function isTicket(outcome: Admitted | SecondFactorTicket): outcome is SecondFactorTicket {
  return 'ticket' in outcome
}

function wanted({ ticket, methods, expiresAt, passkey }: SecondFactorTicket) {
  return {
    second_factor: { ticket, methods: [...methods], expires_at: expiresAt, ...(passkey && { passkey }) },
  }
}

type OneOf<T> = { [K in keyof T]-?: { readonly [P in K]-?: NonNullable<T[P]> } }[keyof T]

/** The only one that was given of these, which are all named, given or not. 400 `auth.one_of` for none or several. */
function oneOf<T extends Readonly<Record<string, unknown>>>(fields: T): OneOf<T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  // One entry of T with its value is what the type says.
  if (given.length === 1) return Object.fromEntries(given) as OneOf<T>
  const names = Object.keys(fields)
  throw badRequest('auth.one_of', `Give exactly one of: ${names.join(', ')}.`, `/${names[0] ?? ''}`)
}
