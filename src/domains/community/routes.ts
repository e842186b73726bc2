import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../platform/services.ts'
import { commentRoutes } from './routes/comments.ts'
import { listRoutes } from './routes/lists.ts'
import { postRoutes } from './routes/posts.ts'
import { reactionRoutes } from './routes/reactions.ts'

export function communityRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(postRoutes(services))
    await app.register(commentRoutes(services))
    await app.register(reactionRoutes(services))
    await app.register(listRoutes(services))
  }
}
