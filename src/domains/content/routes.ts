import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../platform/services.ts'
import { faqRoutes } from './routes/faqs.ts'
import { mediaRoutes } from './routes/media.ts'

export function contentRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(mediaRoutes(services))
    await app.register(faqRoutes(services))
  }
}
