import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sendJson } from '../../../platform/http/index.ts'
import type { Services } from '../../../platform/services.ts'
import { assignRequest, closeRequest, postponeRequest, readQueue, readRequest } from '../requests-desk.ts'
import {
  Answer,
  Extension,
  HandledRequest,
  RequestPath,
  RequestQueue,
  RequestQueueQuery,
} from '../schemas/requests.ts'

const HANDLING = { permission: 'privacy_requests.handle' }
const tags = ['privacy', 'admin']

export function requestDeskRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/admin/privacy-requests',
      {
        config: { access: HANDLING, errors: ['cursor.invalid'] },
        schema: {
          tags,
          summary: 'Privacy requests, what is due first',
          querystring: RequestQueueQuery,
          response: { 200: RequestQueue },
        },
      },
      async (request, reply) => sendJson(reply, await readQueue(services, request.actor!, request.query)),
    )

    app.get(
      '/admin/privacy-requests/:request_id',
      {
        config: { access: HANDLING, errors: ['privacy_request.not_found'] },
        schema: {
          tags,
          summary: 'A privacy request with all that happened to it',
          params: RequestPath,
          response: { 200: HandledRequest },
        },
      },
      async (request, reply) =>
        sendJson(reply, await readRequest(services, request.actor!, request.params.request_id)),
    )

    app.put(
      '/admin/privacy-requests/:request_id/assignment',
      {
        config: {
          access: HANDLING,
          impersonation: 'refused',
          errors: ['privacy_request.not_found', 'privacy_request.own', 'privacy_request.closed'],
        },
        schema: {
          tags,
          summary: 'I answer this one',
          params: RequestPath,
          response: { 200: HandledRequest },
        },
      },
      async (request, reply) =>
        sendJson(reply, await assignRequest(services, request.actor!, request.params.request_id)),
    )

    app.post(
      '/admin/privacy-requests/:request_id/extension',
      {
        config: {
          access: HANDLING,
          proof: 'recent',
          errors: [
            'privacy_request.not_found',
            'privacy_request.own',
            'privacy_request.closed',
            'privacy_request.extended',
            'privacy_request.too_late',
          ],
        },
        schema: {
          tags,
          summary: 'Answer it later than was promised, once, with a reason that its person reads',
          params: RequestPath,
          body: Extension,
          response: { 200: HandledRequest },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await postponeRequest(services, actor!, params.request_id, body)),
    )

    app.post(
      '/admin/privacy-requests/:request_id/answer',
      {
        config: {
          access: HANDLING,
          proof: 'recent',
          errors: ['privacy_request.not_found', 'privacy_request.own', 'privacy_request.closed'],
        },
        schema: {
          tags,
          summary: 'Answer it, once',
          params: RequestPath,
          body: Answer,
          response: { 200: HandledRequest },
        },
      },
      async ({ actor, params, body }, reply) =>
        sendJson(reply, await closeRequest(services, actor!, params.request_id, body)),
    )
  }
}
