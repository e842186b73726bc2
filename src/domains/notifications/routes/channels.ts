import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { hookRoutes } from './hooks.ts'
import { linkRoutes } from './links.ts'
import { pushRoutes } from './push.ts'

/** The ways by which people are reached: links in mails, what carriers report, browsers. Some have bodies that are no JSON. */
export function channelRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(linkRoutes(services))
    await app.register(hookRoutes(services))
    await app.register(pushRoutes(services))
  }
}
