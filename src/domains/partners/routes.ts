import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../platform/services.ts'
import { directoryRoutes } from './routes/directory.ts'
import { invitationRoutes } from './routes/invitations.ts'
import { memberRoutes } from './routes/members.ts'

export function partnersRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(directoryRoutes(services))
    await app.register(memberRoutes(services))
    await app.register(invitationRoutes(services))
  }
}
