import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Services } from '../../../platform/services.ts'
import { hookRoutes } from './hooks.ts'
import { linkRoutes } from './links.ts'

/** The ways by which people are reached: links in mails, what carriers report. Each has bodies that are no JSON. */
export function channelRoutes(services: Services): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(linkRoutes(services))
    await app.register(hookRoutes(services))
  }
}
