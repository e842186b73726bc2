import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { DATABASE_CODES, databaseProblem } from './database-problems.ts'
import { type ProblemSource, sendProblem } from './problem.ts'
import { RequestRefused } from './validation.ts'

const INTERNAL: ProblemSource = {
  status: 500,
  code: 'internal.error',
  detail: 'Something went wrong on our side. Quote the request id when you report it.',
}

/** What Fastify itself refuses, under our codes. */
const FRAMEWORK: Readonly<Record<string, ProblemSource>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'request.too_large',
    detail: 'The body is larger than this route accepts.',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'request.unsupported_media_type',
    detail: 'Send the body as application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'request.invalid_length',
    detail: 'The body and its content-length do not agree.',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'request.invalid_url', detail: 'The path is not valid UTF-8.' },
  FST_ERR_MAX_PARAM_LENGTH: {
    status: 414,
    code: 'request.uri_too_long',
    detail: 'A part of the path is too long.',
  },
}

/** The codes that any route may answer with; those of its own stand in its `config.errors`. */
export const COMMON_CODES = [
  'auth.required',
  'auth.forbidden',
  'auth.step_up_required',
  'auth.impersonation_refused',
  'request.cross_site',
  'request.too_many',
  'request.invalid',
  'request.invalid_json',
  'request.invalid_text',
  'request.uri_too_long',
  ...Object.values(FRAMEWORK).map((problem) => problem.code),
  'route.not_found',
  'route.method_not_allowed',
  'platform.maintenance',
  'cache.unavailable',
  ...DATABASE_CODES,
  INTERNAL.code,
] as const

/** Answers every failure as a problem. What is not the client's doing is logged here, once, without personal data. */
export function errorHandler(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error)
    if (problem.status >= 500) {
      const level = problem.status === 500 ? 'error' : 'warn'
      log[level](
        { err: error, request_id: request.id, method: request.method, route: request.routeOptions.url },
        'request failed',
      )
    }
    return sendProblem(reply, problem)
  }
}

function problemOf(error: unknown): ProblemSource {
  if (!(error instanceof Error)) return INTERNAL
  if (error instanceof AppError || error instanceof RequestRefused) return error
  const code = 'code' in error ? String(error.code) : ''
  return FRAMEWORK[code] ?? databaseProblem(error) ?? INTERNAL
}
