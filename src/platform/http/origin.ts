import type { FastifyInstance } from 'fastify'
import { within } from '../origin.ts'
import { clientAddress } from './client-address.ts'

/** What a handler does is audited as coming from its request. Only here, behind the body, does the context last until the reply. */
export function rememberOrigins(app: FastifyInstance): void {
  app.addHook('preHandler', (request, _reply, done) => {
    const origin = {
      id: request.id,
      get ip() {
        return clientAddress(request)
      },
      userAgent: request.headers['user-agent'],
    }
    within(origin, done)
  })
}
