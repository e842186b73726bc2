import type { FastifyInstance } from 'fastify'
import type { Actor } from '../actor.ts'
import { isUnsafe } from './guard.ts'

/** Writes down that a super admin reads as somebody else; `route` is a pattern, such as /api/v1/me/:thing. Wired in app/. */
export type RecordReadOnBehalf = (actor: Actor, route: string) => Promise<void>

/**
 * What is read while somebody acts for another is written down before it is answered, once a request; what cannot be
 * written down is not read. Changes tell of themselves. After `rememberOrigins`, so that the trace says from where.
 */
export function recordReadsOnBehalf(app: FastifyInstance, record: RecordReadOnBehalf): void {
  app.addHook('onRoute', (route) => {
    if (isUnsafe(route)) return
    const pattern = route.url.replaceAll('*', ':rest')
    route.preHandler = [
      (request, _reply, done) => {
        const { actor } = request
        if (actor === null || actor.impersonatorId === null) done()
        else record(actor, pattern).then(() => done(), done)
      },
      ...[route.preHandler ?? []].flat(),
    ]
  })
}
