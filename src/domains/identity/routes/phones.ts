import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Services } from '../../../platform/services.ts'
import { changePhone, confirmPhone, forgetPhone, readPhone, readPhoneOf } from '../phones.ts'
import { Phone, PhoneCode, PhoneParams, PhoneRequest, ReadablePhone } from '../schemas/phones.ts'

export function phoneRoutes(services: Services): FastifyPluginAsyncTypebox {
  const tags = ['identity']

  return async (app) => {
    app.get(
      '/me/phone',
      {
        config: { access: 'signed_in' },
        schema: {
          tags,
          summary: 'My phone number, and the one that waits for its code',
          response: { 200: Phone },
        },
      },
      async (request) => readPhone(services, request.actor!),
    )

    app.put(
      '/me/phone',
      {
        config: { access: 'signed_in', proof: 'recent', limit: 'reset', errors: ['phone.too_many_codes'] },
        schema: {
          tags,
          summary: 'Have a code sent to a number, to prove that it is mine',
          body: PhoneRequest,
          response: { 202: Phone },
        },
      },
      async (request, reply) =>
        reply.code(202).send(await changePhone(services, request.actor!, request.body.phone_number)),
    )

    app.post(
      '/me/phone/verification',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          limit: 'code',
          errors: ['phone.code_wrong'],
        },
        schema: { tags, summary: 'The code that came by SMS', body: PhoneCode, response: { 200: Phone } },
      },
      async (request) => confirmPhone(services, request.actor!, request.body.code),
    )

    app.delete(
      '/me/phone',
      {
        config: { access: 'signed_in', proof: 'recent' },
        schema: { tags, summary: 'Forget my phone number', response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        await forgetPhone(services, request.actor!)
        return reply.code(204).send(null)
      },
    )

    app.get(
      '/people/:user_id/phone',
      {
        // As scarce as an export: numbers are not to be gathered.
        config: { access: 'signed_in', limit: 'export', errors: ['phone.not_found'] },
        schema: {
          tags,
          summary: 'The number of someone who shows it',
          params: PhoneParams,
          response: { 200: ReadablePhone },
        },
      },
      async (request, reply) => {
        const { user_id } = request.params
        const phone_number = await readPhoneOf(services, request.actor!, user_id)
        return reply.header('cache-control', 'no-store').send({ user_id, phone_number })
      },
    )
  }
}
