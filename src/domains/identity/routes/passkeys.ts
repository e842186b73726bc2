import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { beginPasskeySignIn, beginPasskeyStepUp, signInByPasskey } from '../passkey-sign-in.ts'
import { addPasskey, beginPasskey, listPasskeys, removePasskey, renamePasskey } from '../passkeys.ts'
import { PasskeySignIn, SignedIn } from '../schemas/accounts.ts'
import { PasskeyAdded } from '../schemas/factors.ts'
import {
  Passkey,
  PasskeyCreation,
  PasskeyName,
  PasskeyParams,
  PasskeyRegistration,
  PasskeyRequest,
  Passkeys,
} from '../schemas/passkeys.ts'
import { deviceOf, handOver, holderOf } from './session-reply.ts'

export function passkeyRoutes(services: Services): FastifyPluginAsyncTypebox {
  const { config } = services
  const tags = ['identity']

  return async (app) => {
    app.post(
      '/auth/passkey-challenges',
      {
        config: { access: 'public', session: 'ignored', limit: 'sign_in', maintenance: 'open' },
        schema: { tags, summary: 'A challenge to sign in with a passkey', response: { 201: PasskeyRequest } },
      },
      async (_request, reply) => {
        const options = await beginPasskeySignIn(services)
        return reply.code(201).header('cache-control', 'no-store').send(options)
      },
    )

    app.post(
      '/auth/passkey',
      {
        config: {
          access: 'public',
          session: 'ignored',
          limit: 'sign_in',
          maintenance: 'open',
          errors: [
            'auth.passkey_refused',
            'auth.account_inactive',
            'auth.account_leaving',
            'auth.email_unverified',
          ],
        },
        schema: {
          tags,
          summary: 'Sign in with a passkey, without a name or a second factor',
          body: PasskeySignIn,
          response: { 200: SignedIn },
        },
      },
      async (request, reply) => {
        const { passkey, session: kind = 'cookie', device } = request.body
        const admitted = await signInByPasskey(
          services,
          { response: passkey, kind },
          deviceOf(request, config, device),
        )
        return handOver(reply, admitted, config)
      },
    )

    app.post(
      '/auth/step-up/passkey-challenges',
      {
        config: { access: 'signed_in', impersonation: 'refused', limit: 'code', maintenance: 'open' },
        schema: {
          tags,
          summary: 'A challenge to prove with a passkey that it is me',
          response: { 201: PasskeyRequest },
        },
      },
      async (request, reply) => {
        const options = await beginPasskeyStepUp(services, request.actor!)
        return reply.code(201).header('cache-control', 'no-store').send(options)
      },
    )

    app.get(
      '/me/passkeys',
      {
        config: { access: 'signed_in' },
        schema: { tags, summary: 'My passkeys', response: { 200: Passkeys } },
      },
      async (request) => ({ items: await listPasskeys(services, request.actor!) }),
    )

    app.post(
      '/me/passkeys/challenges',
      {
        config: { access: 'signed_in', proof: 'recent', errors: ['passkeys.too_many'] },
        schema: { tags, summary: 'A challenge for a new passkey', response: { 201: PasskeyCreation } },
      },
      async (request, reply) => {
        const options = await beginPasskey(services, request.actor!)
        return reply.code(201).header('cache-control', 'no-store').send(options)
      },
    )

    app.post(
      '/me/passkeys',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          errors: ['passkeys.response_invalid', 'passkeys.taken', 'passkeys.too_many'],
        },
        schema: {
          tags,
          summary: 'Add a passkey; the first factor of an account ends every other session',
          body: PasskeyRegistration,
          response: { 201: PasskeyAdded },
        },
      },
      async (request, reply) => {
        const holder = holderOf(request, config)
        const { result, session } = await addPasskey(services, request.actor!, request.body, holder)
        const { passkey, recovery_codes } = result
        return reply.code(201).send({
          passkey,
          recovery_codes: recovery_codes && [...recovery_codes],
          session: handOver(reply, session, config),
        })
      },
    )

    app.patch(
      '/me/passkeys/:passkey_id',
      {
        config: { access: 'signed_in', impersonation: 'refused', errors: ['passkey.not_found'] },
        schema: {
          tags,
          summary: 'Call a passkey something else',
          params: PasskeyParams,
          body: PasskeyName,
          response: { 200: Passkey },
        },
      },
      async (request) =>
        renamePasskey(services, request.actor!, request.params.passkey_id, request.body.name),
    )

    app.delete(
      '/me/passkeys/:passkey_id',
      {
        config: {
          access: 'signed_in',
          proof: 'recent',
          errors: ['passkey.not_found', 'factors.last_way_in'],
        },
        schema: {
          tags,
          summary: 'Stop using a passkey',
          params: PasskeyParams,
          response: { 200: SignedIn },
        },
      },
      async (request, reply) => {
        const { passkey_id } = request.params
        const session = await removePasskey(services, request.actor!, passkey_id, holderOf(request, config))
        return handOver(reply, session, config)
      },
    )
  }
}
