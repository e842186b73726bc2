import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { pathOf, sendProblem } from './problem.ts'

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** 404 `route.not_found`, or 405 `route.method_not_allowed` with Allow where the path exists under other methods. */
export function notFoundHandler(app: FastifyInstance) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const url = pathOf(request.raw.url ?? '/')
    const allowed = METHODS.filter((method) => app.findRoute({ method, url }) !== null)
    // A route that serves files says itself that it has none of this name.
    if (allowed.length === 0 || allowed.some((method) => method === request.method)) {
      return sendProblem(reply, {
        status: 404,
        code: 'route.not_found',
        detail: 'There is nothing at this path.',
      })
    }
    reply.header('allow', allowed.join(', '))
    const detail = `This path takes ${allowed.join(', ')}.`
    return sendProblem(reply, { status: 405, code: 'route.method_not_allowed', detail })
  }
}
