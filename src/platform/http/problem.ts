import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { FieldError } from '../errors.ts'

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export type ProblemSource = {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors?: readonly FieldError[] | undefined
  /** Seconds. */
  readonly retryAfter?: number | undefined
}

/** The body of every error (RFC 9457). `type` leads to the list of codes in the API's own reference page. */
export function problemText(problem: ProblemSource, instance: string, requestId: string): string {
  return JSON.stringify({
    type: `/docs#${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    instance,
    request_id: requestId,
    errors: problem.errors ?? [],
  })
}

/** Answers with a problem. The instance is the path alone: a query may carry what somebody searched for. */
export function sendProblem(reply: FastifyReply, problem: ProblemSource): FastifyReply {
  const { request } = reply
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="brand-coach-network"')
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter))
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(problemText(problem, pathOf(request.raw.url ?? '/'), request.id))
}

/** The path of a request's URL, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
