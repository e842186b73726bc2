import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Config } from '../config.ts'
import { notFound } from '../errors.ts'
import { Closed, Uuid } from '../http/index.ts'
import { outboxMessage, outboxMessages } from './outbox.ts'

const OPEN = { access: 'public', session: 'ignored' } as const

/**
 * What the local twins of mail and SMS have "sent", to be mounted at /dev/outbox. Whoever reads it can sign in as
 * anybody: it is not there in production.
 */
export function outboxRoutes({ env, dataDir }: Pick<Config, 'env' | 'dataDir'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    if (env === 'production') return
    app.get('/', { config: OPEN, schema: { hide: true } }, async (_request, reply) =>
      reply.header('cache-control', 'no-store').send({ items: await outboxMessages(dataDir) }),
    )

    app.get(
      '/:id',
      { config: OPEN, schema: { hide: true, params: Closed({ id: Uuid }) } },
      async (request, reply) => {
        const message = await outboxMessage(dataDir, request.params.id.toLowerCase())
        if (!message) throw notFound('message')
        return reply.header('cache-control', 'no-store').send(message)
      },
    )
  }
}
