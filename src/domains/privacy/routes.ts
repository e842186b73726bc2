import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../platform/services.ts'
import { breachRoutes } from './routes/breaches.ts'
import { erasureRoutes } from './routes/erasure.ts'
import { exportRoutes } from './routes/exports.ts'
import { requestRoutes } from './routes/requests.ts'
import { requestDeskRoutes } from './routes/requests-desk.ts'

export function privacyRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(exportRoutes(services))
    await app.register(erasureRoutes(services))
    await app.register(breachRoutes(services))
    await app.register(requestRoutes(services))
    await app.register(requestDeskRoutes(services))
  }
}
