/** One fault in a request: `pointer` is an RFC 6901 JSON pointer into the body, `code` is stable, `detail` is for people. */
export type FieldError = { readonly pointer: string; readonly code: string; readonly detail: string }

/**
 * Something that only the operator can put right: a bad variable, an occupied port, a database out of reach.
 * The message is one line and is all that a command prints before it ends with exit code 1.
 */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError'
}

type Extras = { readonly errors?: readonly FieldError[]; readonly retryAfter?: number }

/**
 * The one error that reaches a client, as problem+json (RFC 9457).
 * `code` is `domain.reason` and never changes; `retryAfter` is in seconds.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly errors: readonly FieldError[] | undefined
  readonly retryAfter: number | undefined

  constructor(status: number, code: string, detail: string, extras: Extras = {}) {
    super(`${code}: ${detail}`)
    this.status = status
    this.code = code
    this.detail = detail
    this.errors = extras.errors
    this.retryAfter = extras.retryAfter
  }
}

/** 404 `<kind>.not_found`; also the answer when the actor may not know that the thing exists. */
export function notFound(kind: string, id?: string): AppError {
  const thing = kind.replaceAll('_', ' ')
  const subject = id === undefined ? `This ${thing}` : `The ${thing} ${id}`
  return new AppError(404, `${kind}.not_found`, `${subject} does not exist or is not visible to you.`)
}

/** 401 `auth.required`. */
export function unauthenticated(): AppError {
  return new AppError(401, 'auth.required', 'Sign in to do this.')
}

/** 403: signed in, known to exist, and still not allowed. */
export function forbidden(code: string, detail: string): AppError {
  return new AppError(403, code, detail)
}

/** 409: the request is well formed and clashes with what is already there. `pointer` names the field that clashes. */
export function conflict(code: string, detail: string, pointer?: string): AppError {
  return new AppError(409, code, detail, at(pointer, code, detail))
}

/** 400: the request itself is malformed. `pointer` names the field that is wrong. */
export function badRequest(code: string, detail: string, pointer?: string): AppError {
  return new AppError(400, code, detail, at(pointer, code, detail))
}

/** 429 with `Retry-After`. */
export function tooMany(code: string, retryAfterSeconds: number): AppError {
  return new AppError(429, code, `Too many requests; try again in ${retryAfterSeconds} seconds.`, {
    retryAfter: retryAfterSeconds,
  })
}

/** 503: a part that we depend on is out of reach; the same request may pass later. */
export function unavailable(code: string, detail: string): AppError {
  return new AppError(503, code, detail)
}

/** 503 `platform.maintenance` with `Retry-After`: only staff are served for a while. */
export function underMaintenance(): AppError {
  const detail = 'The platform is being looked after; try again in a few minutes.'
  return new AppError(503, 'platform.maintenance', detail, { retryAfter: 120 })
}

function at(pointer: string | undefined, code: string, detail: string): Extras {
  return pointer === undefined ? {} : { errors: [{ pointer, code, detail }] }
}
