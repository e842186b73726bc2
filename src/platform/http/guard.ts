import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Actor, Permissions } from '../actor.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { AppError, badRequest, forbidden, unauthenticated } from '../errors.ts'
import type { Access, Authenticate } from './access.ts'
import { assertClosed } from './closed-schemas.ts'
import { isSameOrigin } from './same-origin.ts'
import { tokenFromCookies } from './session-cookie.ts'
import { isCleanUrl } from './text.ts'

const LONGEST_URL = 8192
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Within it a proof counts as recent (step-up). */
export const PROOF_MS = 600_000

type Options = {
  readonly config: Config
  readonly clock: Clock
  readonly authenticate: Authenticate
  readonly permissions: Permissions
}

/**
 * Gives every route the guard that its `config.access` asks for, built once at registration. A route without a rule,
 * or with a request schema that lets unknown fields pass, stops the start: forgetting must not mean public.
 */
export function guardRoutes(app: FastifyInstance, options: Options): void {
  app.decorateRequest('actor', null)
  app.addHook('onRoute', (route) => {
    if (isOfPlugin(route)) return
    const access = route.config?.access
    if (access === undefined) throw new Error(`${route.method} ${route.url} has no config.access`)
    assertClosed(route)
    const guard = guardFor(route, access, options)
    route.onRequest = [guard, ...[route.onRequest ?? []].flat()]
  })
}

/** The API's reference page and the preflight route of @fastify/cors bring routes of their own; both are public. */
function isOfPlugin(route: RouteOptions): boolean {
  return (
    route.url === '/docs' ||
    route.url.startsWith('/docs/') ||
    (route.url === '*' && route.method === 'OPTIONS')
  )
}

type Done = (error?: Error) => void

function guardFor(route: RouteOptions, access: Access, options: Options) {
  const { config, authenticate } = options
  const unsafe = ![route.method].flat().every((method) => SAFE_METHODS.has(method))
  const ignoresSession = route.config?.session === 'ignored'
  if (ignoresSession && access !== 'public') throw new Error(`${route.url} needs a session and ignores it`)
  const refusalFor = judgeOf(route, access, options)
  // Public reads go on when sessions cannot be looked up: the reader is then nobody.
  const survives = (error: Error) => access === 'public' && !unsafe && error instanceof AppError

  return (request: FastifyRequest, _reply: FastifyReply, done: Done): void => {
    const { headers } = request.raw
    const bearer = bearerToken(headers.authorization)
    const fault =
      urlFault(request.raw.url ?? '/') ?? (unsafe ? originFault(headers, bearer, config) : undefined)
    const token = bearer ?? (headers.cookie === undefined ? null : tokenFromCookies(headers.cookie))
    if (fault !== undefined) done(fault)
    else if (ignoresSession) done()
    else if (token === null) done(refusalFor(null))
    else {
      authenticate(token).then(
        (actor) => {
          request.actor = actor
          done(refusalFor(actor))
        },
        (error: Error) => done(survives(error) ? undefined : error),
      )
    }
  }
}

function urlFault(url: string): Error | undefined {
  if (url.length > LONGEST_URL) return new AppError(414, 'request.uri_too_long', 'The URL is too long.')
  if (!isCleanUrl(url)) return badRequest('request.invalid_text', 'The URL is not valid UTF-8, or holds NUL.')
  return undefined
}

function originFault(headers: IncomingHttpHeaders, bearer: string | null, config: Config): Error | undefined {
  if (bearer !== null || isSameOrigin(headers, config)) return undefined
  return forbidden('request.cross_site', 'A change from another site is refused.')
}

function bearerToken(header: string | undefined): string | null {
  if (header === undefined || header.length < 8) return null
  return header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() || null : null
}

/** What to say to this actor at this route; undefined: come in. */
function judgeOf({ url, config }: RouteOptions, access: Access, { clock, permissions }: Options) {
  const proves = config?.proof === 'recent'
  const refusesImpersonation = proves || config?.impersonation === 'refused'
  if (access === 'public' && refusesImpersonation) throw new Error(`${url} is public and asks for a proof`)
  const roles = typeof access === 'object' ? permissions[access.permission] : undefined
  if (typeof access === 'object' && roles === undefined)
    throw new Error(`${url}: no permission ${access.permission}`)

  return (actor: Actor | null): Error | undefined => {
    if (access === 'public') return undefined
    if (actor === null) return unauthenticated()
    if (roles !== undefined && !actor.roles.some((role) => roles.includes(role)))
      return forbidden('auth.forbidden', 'Your roles do not allow this.')
    if (refusesImpersonation && actor.impersonatorId !== null)
      return forbidden('auth.impersonation_refused', 'This cannot be done on behalf of somebody else.')
    if (proves && clock.now().getTime() - actor.provenAt > PROOF_MS)
      return forbidden('auth.step_up_required', 'Prove again that it is you: POST /api/v1/auth/step-up.')
    return undefined
  }
}
