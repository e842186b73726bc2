import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { fileRequest, readOwnRequest, readOwnRequests, withdrawOwnRequest } from '../requests.ts'
import { NewRequest, OwnRequest, OwnRequests, OwnRequestsQuery, RequestPath } from '../schemas/requests.ts'

const tags = ['privacy']
const NOT_FOUND = 'privacy_request.not_found'

export function requestRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/me/privacy-requests',
      {
        config: { access: 'signed_in', errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'What I have asked about my data, and what became of it',
          querystring: OwnRequestsQuery,
          response: { 200: OwnRequests },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readOwnRequests(services, request.actor!, request.query)),
    )

    app.post(
      '/me/privacy-requests',
      {
        config: {
          access: 'signed_in',
          impersonation: 'refused',
          limit: 'reset',
          errors: ['privacy_request.open'],
        },
        schema: {
          tags,
          summary: 'Ask for access, erasure, rectification, restriction or portability of my data, or object',
          body: NewRequest,
          response: { 201: OwnRequest },
        },
      },
      async (request, reply) =>
        sendJson(reply.code(201), await fileRequest(services, request.actor!, request.body)),
    )

    app.get(
      '/me/privacy-requests/:request_id',
      {
        config: { access: 'signed_in', errors: [NOT_FOUND] },
        schema: {
          tags,
          summary: 'One of my requests',
          params: RequestPath,
          response: { 200: OwnRequest },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readOwnRequest(services, request.actor!, request.params.request_id)),
    )

    app.delete(
      '/me/privacy-requests/:request_id',
      {
        config: { access: 'signed_in', impersonation: 'refused', errors: [NOT_FOUND] },
        schema: {
          tags,
          summary: 'Withdraw my request while it is open',
          params: RequestPath,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await withdrawOwnRequest(services, request.actor!, request.params.request_id)
        return reply.code(204).send(null)
      },
    )
  }
}
